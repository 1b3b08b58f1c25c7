import { expect, test } from 'vitest';
import type { Clock } from '../../../main/base/clock.ts';
import type { ConsoleDelta, ConsoleSnapshot, PushChannel } from '../../../main/contracts/ipc.ts';
import { fail, ok, type Result } from '../../../main/contracts/result.ts';
import type { ConsoleLink, LinkState } from '../../../renderer/api.ts';
import { createConsoleStore } from '../../../renderer/store/console-store.ts';
import { QUIET_MS, SILENT_MS, startSync } from '../../../renderer/store/sync.ts';
import { health } from '../operations/lp-view.ts';
import { loggedOn, lpIn, NOW } from './lp-views.ts';

/** A main process in hand: its answers are given one by one, so that every order of events can be tried. */
function setUp() {
  let now = NOW;
  let timer: { readonly atMs: number; readonly callback: () => void } | null = null;
  const clock: Clock = {
    nowMs: () => now,
    after: (ms, callback) => {
      timer = { atMs: now + ms, callback };
      return () => {
        timer = null;
      };
    },
  };
  const asked: ((answer: Result<ConsoleSnapshot>) => void)[] = [];
  const listeners = new Map<PushChannel, (payload: never) => void>();
  let onLink: (state: LinkState) => void = () => undefined;
  const link: ConsoleLink = {
    request: (channel) => {
      expect(channel).toBe('console.snapshot');
      return new Promise((resolve) => asked.push(resolve as (answer: Result<ConsoleSnapshot>) => void));
    },
    subscribe: (channel, listener) => {
      listeners.set(channel, listener as (payload: never) => void);
      return () => {
        listeners.delete(channel);
      };
    },
    onLink: (listener) => {
      onLink = listener;
      listener({ kind: 'connecting' });
      return () => {
        onLink = () => undefined;
      };
    },
  };
  const store = createConsoleStore();
  const stop = startSync(link, store, clock);
  return {
    store,
    stop,
    asked,
    listeners,
    link: (state: LinkState) => onLink(state),
    answer: async (counter: number, kind: 'logged-on' | 'error' = 'logged-on') => {
      const lp = kind === 'error' ? lpIn({ kind }, { provider: 'A' }) : loggedOn({ provider: 'A' });
      asked.shift()?.(ok({ counter, nowMs: now, host: 'h', version: 'v', lps: [lp], health, incidents: [] }));
      await Promise.resolve();
      await Promise.resolve();
    },
    refuse: async () => {
      asked.shift()?.(fail('operational', 'no-answer', 'none'));
      await Promise.resolve();
      await Promise.resolve();
    },
    delta: (counter: number, more: Partial<ConsoleDelta> = {}) =>
      listeners.get('console.delta')?.({
        counter,
        nowMs: now,
        lps: [],
        removed: [],
        health: null,
        incidents: [],
        ...more,
      } as never),
    pass: (ms: number) => {
      const untilMs = now + ms;
      while (timer !== null && timer.atMs <= untilMs) {
        now = timer.atMs;
        timer.callback();
      }
      now = untilMs;
    },
    counter: () => store.getState().mirror.counter,
  };
}

test('a snapshot is asked for when the link opens, and deltas follow it', async () => {
  const at = setUp();
  expect(at.asked).toHaveLength(0);
  at.link({ kind: 'open' });
  await at.answer(5);
  at.delta(6, { lps: [lpIn({ kind: 'error' }, { provider: 'A' })] });
  expect(at.counter()).toBe(6);
  expect(at.store.getState().mirror.lps['A']?.state.kind).toBe('error');
});

test('deltas that overtake the snapshot are kept and applied after it', async () => {
  const at = setUp();
  at.link({ kind: 'open' });
  at.delta(5);
  at.delta(6, { removed: ['A'] });
  await at.answer(5);
  expect(at.counter()).toBe(6);
  expect(at.store.getState().mirror.lps).toEqual({});
  expect(at.asked).toHaveLength(0);
});

test('a gap asks for one snapshot, and heals', async () => {
  const at = setUp();
  at.link({ kind: 'open' });
  await at.answer(5);
  at.delta(7);
  at.delta(8);
  expect(at.asked).toHaveLength(1);
  await at.answer(7, 'error');
  expect(at.counter()).toBe(8);
  expect(at.store.getState().mirror.lps['A']?.state.kind).toBe('error');
});

test('an answer of before a disconnect is not taken for one of after it', async () => {
  const at = setUp();
  at.link({ kind: 'open' });
  at.link({ kind: 'closed', why: 'gone', retryAtMs: NOW });
  at.link({ kind: 'open' });
  expect(at.asked).toHaveLength(2);
  await at.answer(900);
  expect(at.counter()).toBeNull();
  await at.answer(3);
  expect(at.counter()).toBe(3);
});

test('a restarted console counts from the start again', async () => {
  const at = setUp();
  at.link({ kind: 'open' });
  await at.answer(500);
  at.link({ kind: 'closed', why: 'gone', retryAtMs: NOW });
  expect(at.store.getState().connection.kind).toBe('lost');
  at.link({ kind: 'open' });
  await at.answer(1);
  at.delta(2);
  expect(at.counter()).toBe(2);
  expect(at.store.getState().connection.kind).toBe('live');
});

test('when it is quiet it is asked; without an answer the screen says so, with one it goes on', async () => {
  const at = setUp();
  at.link({ kind: 'open' });
  await at.answer(5);
  at.pass(QUIET_MS);
  expect(at.asked).toHaveLength(0);
  at.pass(2_000);
  expect(at.asked).toHaveLength(1);
  expect(at.store.getState().connection.kind).toBe('live');
  at.pass(SILENT_MS);
  expect(at.store.getState().connection.kind).toBe('lost');
  await at.answer(5);
  expect(at.store.getState().connection.kind).toBe('live');
});

test('a refused snapshot is asked for again', async () => {
  const at = setUp();
  at.link({ kind: 'open' });
  await at.refuse();
  expect(at.counter()).toBeNull();
  at.pass(1_000);
  await at.answer(4);
  expect(at.counter()).toBe(4);
});

test('what was started ends', () => {
  const at = setUp();
  at.stop();
  at.link({ kind: 'open' });
  at.pass(60_000);
  expect(at.listeners.size).toBe(0);
  expect(at.asked).toHaveLength(0);
});
