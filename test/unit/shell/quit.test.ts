import type { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { askQuit } from '../../../main/shell/ask-quit.ts';
import { type Quitting, quitInOrder } from '../../../main/shell/quit.ts';

interface Question {
  readonly message: string;
  readonly buttons: readonly string[];
  readonly defaultId: number;
  readonly cancelId: number;
}

const electron = vi.hoisted(() => ({
  app: null as unknown as EventEmitter & { readonly exits: number[]; quits: number },
  questions: [] as Question[],
  answer: 0,
}));
vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events');
  electron.app = Object.assign(new Emitter(), {
    exits: [] as number[],
    quits: 0,
    /** True when nothing held it back. */
    quit: () => {
      let held = false;
      electron.app.emit('before-quit', { preventDefault: () => (held = true) });
      if (!held) electron.app.quits += 1;
    },
    exit: (code: number) => electron.app.exits.push(code),
  });
  return {
    app: electron.app,
    BrowserWindow: { getAllWindows: () => [], getFocusedWindow: () => null },
    dialog: {
      showMessageBox: async (question: Question) => {
        electron.questions.push(question);
        return { response: electron.answer };
      },
    },
  };
});

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let before: Map<string, readonly unknown[]>;
let closed: PromiseWithResolvers<void>;
let asked: PromiseWithResolvers<boolean>[];
let closes: number;
let failures: string[];
let quitting: Quitting;

const signal = (name: (typeof SIGNALS)[number]): void => {
  for (const listener of process.listeners(name)) if (!before.get(name)?.includes(listener)) listener(name);
};
const quit = (): void => (electron.app as unknown as { quit(): void }).quit();
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  before = new Map(SIGNALS.map((name) => [name, process.listeners(name)]));
  closed = Promise.withResolvers();
  [asked, closes, failures] = [[], 0, []];
  electron.app.removeAllListeners();
  electron.app.exits.length = 0;
  electron.app.quits = 0;
  electron.questions.length = 0;
  quitting = quitInOrder(
    () => {
      closes += 1;
      return closed.promise;
    },
    () => {
      const question = Promise.withResolvers<boolean>();
      asked.push(question);
      return question.promise;
    },
    (error) => failures.push(String(error)),
  );
});
afterEach(() => {
  for (const name of SIGNALS)
    for (const listener of process.listeners(name)) if (!before.get(name)?.includes(listener)) process.off(name, listener);
  vi.useRealTimers();
});

describe('quitting', () => {
  it('logs out first, and ends when the console has', async () => {
    quit();
    asked[0]?.resolve(true);
    await settled();
    expect([closes, electron.app.quits, quitting.now()]).toEqual([1, 0, true]);
    closed.resolve();
    await settled();
    expect([electron.app.quits, failures]).toEqual([1, []]);
  });

  it('asks once, holds nothing up meanwhile, and stays when that was not meant', async () => {
    quit();
    quit();
    expect(quitting.mayClose()).toBe(false);
    await settled();
    expect([asked.length, closes, quitting.now()]).toEqual([1, 0, false]);
    asked[0]?.resolve(false);
    await settled();
    expect(closes).toBe(0);
    quit();
    expect(asked).toHaveLength(2);
  });

  it.each(SIGNALS)('on %s asks nobody, also while the question is open', async (name) => {
    quit();
    signal(name);
    expect([closes, quitting.now()]).toEqual([1, true]);
    asked[0]?.resolve(false);
    await settled();
    expect(quitting.now()).toBe(true);
    closed.resolve();
    await settled();
    expect([closes, electron.app.quits]).toEqual([1, 1]);
  });

  it('lets windows close while it closes', () => {
    expect(quitting.mayClose()).toBe(false);
    signal('SIGTERM');
    expect(quitting.mayClose()).toBe(true);
  });

  it('ends also when the console could not be closed in order, which is told', async () => {
    signal('SIGTERM');
    closed.reject(new Error('no'));
    await settled();
    expect([failures, electron.app.quits]).toEqual([['Error: no'], 1]);
  });

  it('ends for certain: after 30 s without a close, and 3 s after it', async () => {
    signal('SIGTERM');
    await vi.advanceTimersByTimeAsync(29_000);
    expect(electron.app.exits).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([electron.app.exits, failures.length]).toEqual([[1], 1]);
    closed.resolve();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(electron.app.exits).toEqual([1, 0]);
  });

  it('stays, and tells it, when the question cannot be shown', async () => {
    quit();
    asked[0]?.reject(new Error('no display'));
    await settled();
    expect([closes, quitting.now()]).toEqual([0, false]);
    expect(failures[0]).toContain('no display');
  });
});

describe('the question', () => {
  it('is not asked when nothing is logged on', async () => {
    expect(await askQuit(0)).toBe(true);
    expect(electron.questions).toEqual([]);
  });

  it('says what would be logged out; Enter and Esc stay', async () => {
    electron.answer = 0;
    expect(await askQuit(7)).toBe(false);
    electron.answer = 1;
    expect(await askQuit(7)).toBe(true);
    const [question] = electron.questions;
    expect(question?.message).toContain('7 LPs are logged on');
    expect([question?.buttons[question.defaultId], question?.buttons[question.cancelId]]).toEqual(['Stay', 'Stay']);
  });
});
