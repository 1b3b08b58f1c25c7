import { expect, it } from 'vitest';
import type { TimelineEvent } from '../../../main/contracts/lp-view.ts';
import { operatorEvent, Timeline } from '../../../main/sessions/lp/timeline.ts';
import { LpStatusCell } from '../../../main/sessions/row/lp-status.ts';
import { FakeClock } from '../../support/fake-clock.ts';

it('a refusal of 300 000 control characters makes a reason that fits a row and an event', () => {
  const cell = new LpStatusCell('LP-A', new FakeClock(), 'desk');
  const change = cell.set(
    2,
    { code: 'logon-refused', peerText: '\u0007'.repeat(300_000) },
    { nextIn: 1, nextOut: 1, attempt: 1 },
  );
  expect(JSON.stringify(change?.reason).length).toBeLessThan(2_200);
  expect(cell.reason?.peerText).toMatch(/… \([\d,]+ bytes more in fix\.log\)$/);
  cell.adopt(2, { code: 'logon-refused', peerText: '\u0007'.repeat(300_000) }, null);
  expect(JSON.stringify(cell.reason).length).toBeLessThan(2_200);
});

it('a timeline holds a bounded number of bytes, and the latest events', () => {
  const announced: TimelineEvent[] = [];
  const timeline = new Timeline('LP-A', (event) => announced.push(event));
  for (let n = 1; n <= 1_000; n += 1) timeline.add(operatorEvent(n, 'info', `${n} ${'x'.repeat(100_000)}`));
  const kept = timeline.latest(1_000);
  expect(JSON.stringify(kept).length).toBeLessThan(300_000);
  expect(kept.at(-1)?.n).toBe(1_000);
  expect(announced).toHaveLength(1_000);
  expect(Math.max(...announced.map(({ text }) => text.length))).toBeLessThan(2_100);
});
