import { describe, expect, it } from 'vitest';
import type { LpRecord } from '../../../../main/contracts/lp-record.ts';
import type { EventConfirmation } from '../../../../main/sessions/kill/event-confirmation.ts';
import { confirmEvent, endKilledLp, type KillOfOneLp } from '../../../../main/sessions/kill/kill-procedure.ts';
import type { LpStore } from '../../../../main/sessions/ports.ts';
import { FakeClock, settle } from '../../../support/fake-clock.ts';

const latch = { incidentId: 'incident-1', by: 'trader', reason: 'runaway', atMs: 0 };
const never = new Promise<never>(() => undefined);

interface Rig {
  readonly clock: FakeClock;
  readonly kill: KillOfOneLp;
  /** `step state text`, in the order in which they were said. */
  readonly said: string[];
}

function rig(change: Partial<KillOfOneLp> & { readonly get?: LpStore['get'] } = {}): Rig {
  const clock = new FakeClock();
  const said: string[] = [];
  const { get = () => never, ...rest } = change;
  const kill: KillOfOneLp = {
    clock,
    store: { get } as LpStore,
    confirmation: { published: () => never },
    provider: 'LP1',
    run: null,
    foreignOwner: null,
    latch,
    reason: { code: 'killed' },
    writeZero: () => null,
    databaseAway: false,
    step: (name, state, text) => said.push(`${name} ${state} ${text ?? '-'}`),
    ...rest,
  };
  return { clock, kill, said };
}

const SKIPPED = ['block-outbound', 'logout', 'socket-destroyed', 'tunnel-stopped', 'engine-stopped'];
const ownedBy = (owner: string | null): LpRecord => ({ provider: 'LP1', owner }) as LpRecord;

describe('a kill of an LP that has no session', () => {
  it('is done when status 0 is', async () => {
    const { kill, said } = rig();
    expect(await endKilledLp(kill)).toEqual({ gone: true, written: null });
    expect(said).toEqual([
      'status-zero doing -',
      'status-zero done -',
      ...SKIPPED.map((name) => `${name} skipped no session was running`),
    ]);
  });

  it.each([
    [false, 'status-zero deferred the database has not answered within 50 ms; written when it answers'],
    [true, 'status-zero deferred the database is away; written when it answers'],
  ])('waits 50 ms at most for the database (away: %s), and says later that it is done', async (databaseAway, deferred) => {
    let commit = (): void => undefined;
    const committed = new Promise<void>((resolve) => {
      commit = resolve;
    });
    const written = { eventId: 'event-1', committed };
    const { clock, kill, said } = rig({ databaseAway, writeZero: () => written });
    const ended = endKilledLp(kill);
    await clock.advance(49);
    expect(said.includes(deferred)).toBe(databaseAway);
    await clock.advance(1);
    expect(await ended).toEqual({ gone: true, written });
    expect(said[1]).toBe(deferred);
    commit();
    await settle();
    expect(said.at(-1)).toBe('status-zero done -');
  });
});

describe('a kill of an LP that another console owns', () => {
  it('asks it through the database, until it has given the LP up', async () => {
    const records = [ownedBy('desk-2'), ownedBy('desk-2'), ownedBy(null)];
    const { clock, kill, said } = rig({ foreignOwner: 'desk-2', get: async () => records.shift() ?? null });
    const ended = endKilledLp(kill);
    await clock.advance(399);
    expect(said.slice(2)).toEqual(SKIPPED.map((name) => `${name} skipped owned by desk-2: asked through the database`));
    await clock.advance(1);
    expect(await ended).toEqual({ gone: true, written: null });
    expect(said.at(-1)).toBe('engine-stopped done desk-2 has given it up');
  });

  it('is done when the row is gone', async () => {
    const { kill, said } = rig({ foreignOwner: 'desk-2', get: async () => null });
    expect((await endKilledLp(kill)).gone).toBe(true);
    expect(said.at(-1)).toBe('engine-stopped done desk-2 has given it up');
  });

  it.each<[string, LpStore['get'], string]>([
    ['keeps it', async () => ownedBy('desk-2'), 'desk-2 has not given it up'],
    [
      'cannot be asked',
      async () => {
        throw new Error('connection refused');
      },
      'desk-2 cannot be asked: connection refused',
    ],
    ['does not answer', () => never, 'desk-2 has not given it up'],
  ])('is not confirmed after 5 s when it %s', async (_what, get, why) => {
    const { clock, kill, said } = rig({ foreignOwner: 'desk-2', get });
    const ended = endKilledLp(kill);
    await clock.advance(4_799);
    expect(said.at(-1)).toContain('engine-stopped skipped');
    await clock.advance(1_401);
    expect(await ended).toEqual({ gone: false, written: null });
    expect(said.at(-1)).toBe(`engine-stopped failed ${why}`);
  });
});

describe('the event of a kill', () => {
  const written = { eventId: 'event-1', committed: Promise.resolve() };
  const asked = (published: EventConfirmation['published']): Rig => rig({ confirmation: { published } });

  it('is none when the status was 0 already', async () => {
    for (const none of [null, { eventId: null, committed: Promise.resolve() }]) {
      const { kill, said } = rig();
      await confirmEvent(kill, none);
      expect(said).toEqual(['event-published skipped the status was 0 already']);
    }
  });

  it('is asked for by its id', async () => {
    const ids: string[] = [];
    const { kill, said } = asked(async (eventId) => {
      ids.push(eventId);
      return 'published';
    });
    await confirmEvent(kill, written);
    expect(ids).toEqual(['event-1']);
    expect(said).toEqual(['event-published done -']);
  });

  it('is skipped while NATS is off', async () => {
    const { kill, said } = asked(async () => 'off');
    await confirmEvent(kill, written);
    expect(said).toEqual(['event-published skipped NATS is off']);
  });

  it('waits in the outbox after 2 s, and is done when NATS takes it after all', async () => {
    let publish: (how: 'published') => void = () => undefined;
    const { clock, kill, said } = asked(
      () =>
        new Promise((resolve) => {
          publish = resolve;
        }),
    );
    const confirmed = confirmEvent(kill, written);
    await clock.advance(1_999);
    expect(said).toEqual([]);
    await clock.advance(1);
    expect(said).toEqual(['event-published deferred waits in the outbox']);
    publish('published');
    await confirmed;
    expect(said.at(-1)).toBe('event-published done -');
  });

  it('that cannot be asked for is no failure of the kill', async () => {
    const { kill, said } = asked(async () => {
      throw new Error('the outbox is closed');
    });
    await confirmEvent(kill, written);
    expect(said).toEqual(['event-published deferred the outbox is closed']);
  });
});
