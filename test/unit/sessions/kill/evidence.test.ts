import { describe, expect, it } from 'vitest';
import type { KillEvidence, LoggedMessage } from '../../../../main/contracts/stored-incident.ts';
import { evidenceAtEnd, evidenceAtPress, type ReadMessages } from '../../../../main/sessions/kill/evidence.ts';
import type { LpRun } from '../../../../main/sessions/lp/lp-run.ts';
import { FakeClock, settle } from '../../../support/fake-clock.ts';
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

describe('of a session it is known', () => {
  const GAP = { from: 4, to: 6 };
  const run = (nextIn: number | null, nextOut: number | null, gap: typeof GAP | null = null): LpRun =>
    ({ config: { provider: 'LP-A' }, loggedOnAtMs: 77, live: { nextIn, nextOut, stats: { gap } } }) as unknown as LpRun;

  it('what its engine has said last, at the press', () => {
    const pressed = { provider: 'LP-A', loggedOnAtMs: 77, atEnd: null, messages: null, problem: null };
    expect(evidenceAtPress(run(4, 9, GAP))).toEqual({ ...pressed, atPress: { nextIn: 4, nextOut: 9 }, gap: GAP });
    const silent = { ...run(null, null), live: { nextIn: null, nextOut: null, stats: null } } as unknown as LpRun;
    expect(evidenceAtPress(silent)).toEqual({ ...pressed, atPress: { nextIn: null, nextOut: null }, gap: null });
  });

  it('what it was at the end, beside what it was at the press', async () => {
    const before = evidenceAtPress(run(4, 9, GAP));
    const asked: string[] = [];
    const read: ReadMessages = async (provider) => {
      asked.push(provider);
      return [message('out', 'o1'), message('in', 'i1'), message('in', 'i2'), message('in', 'i3'), message('in', 'i4')];
    };
    const after = await evidenceAtEnd(new FakeClock(), before, run(7, 10), read);
    expect(asked).toEqual(['LP-A']);
    expect(after).toEqual({
      ...before,
      atEnd: { nextIn: 7, nextOut: 10 },
      messages: [message('out', 'o1'), message('in', 'i2'), message('in', 'i3'), message('in', 'i4')],
    });
  });

  it('without its messages where the log takes longer than 3 s', async () => {
    const clock = new FakeClock();
    let ended = false;
    const after = evidenceAtEnd(clock, evidenceAtPress(run(1, 1)), run(1, 1), () => new Promise(() => undefined)).then((it) => {
      ended = true;
      return it;
    });
    await clock.advance(2_999);
    expect(ended).toBe(false);
    await clock.advance(1);
    expect(await after).toMatchObject({ messages: null, problem: 'the FIX log has not answered for 3 s' });
  });
});
