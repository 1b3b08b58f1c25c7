import { describe, expect } from 'vitest';
import type { KillEvidence, LoggedMessage } from '../../../../main/contracts/stored-incident.ts';
import { settle } from '../../../support/fake-clock.ts';
import { type DeskOptions, type SessionDesk, deskTest as test } from '../../../support/session-desk.ts';

const message = (direction: 'in' | 'out', text: string): LoggedMessage => ({ at: '2026-01-31T09:30:00Z', direction, text });

async function killed(desk: (options?: DeskOptions) => SessionDesk, options: DeskOptions): Promise<KillEvidence[]> {
  const d = desk(options);
  d.database.put('LP-A');
  d.database.put('LP-B', { desired: 'inactive' });
  await d.start();
  const told: KillEvidence[] = [];
  d.manager.onEvidence(({ evidence }) => told.push(evidence));
  await d.killAndSettle('LP-A', 'LP-B');
  await d.clock.advance(3_000);
  await settle();
  return told;
}

describe('the evidence of a kill', () => {
  test('has the numbers at the press and at the end, and the last three messages of each direction, cut', async ({ desk }) => {
    const messages = ['1', '2', '3', '4'].flatMap((n) => [
      message('in', `in ${n}`),
      message('out', `out ${n} ${'x'.repeat(5_000)}`),
    ]);
    const [first, last, ...more] = await killed(desk, { readMessages: async () => messages });
    expect(more).toEqual([]);
    expect(first).toMatchObject({ provider: 'LP-A', loggedOnAtMs: expect.any(Number), atEnd: null, messages: null });
    expect(last?.atEnd).not.toBeNull();
    expect(last?.messages?.map(({ text }) => text.slice(0, 5))).toEqual(['in 2', 'out 2', 'in 3', 'out 3', 'in 4', 'out 4']);
    for (const { text } of last?.messages ?? []) expect(text.length).toBeLessThan(1_100);
  });

  test('says why it has no messages when the log cannot be read, or hangs', async ({ desk }) => {
    const refused = await killed(desk, { readMessages: () => Promise.reject(new Error('EIO')) });
    expect(refused.at(-1)).toMatchObject({ messages: null, problem: 'the FIX log cannot be read: EIO' });
    const hung = await killed(desk, { readMessages: () => new Promise(() => undefined) });
    expect(hung.at(-1)).toMatchObject({ messages: null, problem: 'the FIX log has not answered for 3 s' });
  });
});
