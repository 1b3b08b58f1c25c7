import type { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fail, ok, type Result } from '../../../main/contracts/result.ts';
import { stayAwake } from '../../../main/shell/wakefulness.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';

const power = vi.hoisted(() => ({ blockers: new Map<number, string>(), next: 0, monitor: null as unknown as EventEmitter }));
vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events');
  power.monitor = new Emitter();
  return {
    powerMonitor: power.monitor,
    powerSaveBlocker: {
      start: (kind: string): number => {
        power.next += 1;
        power.blockers.set(power.next, kind);
        return power.next;
      },
      stop: (id: number): boolean => power.blockers.delete(id),
    },
  };
});

describe('stayAwake', () => {
  let clock = new FakeClock();
  let loggedOn: readonly string[] = [];
  let checked: string[] = [];
  let told: string[] = [];
  let answer: Result<null> = ok(null);
  const begin = (): (() => void) => {
    const check = async (provider: string): Promise<Result<null>> => {
      checked.push(provider);
      return answer;
    };
    return stayAwake({ loggedOn: () => loggedOn, check }, clock, (text) => told.push(text));
  };

  beforeEach(() => {
    clock = new FakeClock();
    [loggedOn, checked, told, answer] = [[], [], [], ok(null)];
    power.blockers.clear();
  });

  it('keeps the machine awake while a session is logged on, and no longer', async () => {
    const end = begin();
    expect([...power.blockers.values()]).toEqual([]);
    loggedOn = ['LP-A'];
    await clock.advance(2_000);
    await clock.advance(2_000);
    expect([...power.blockers.values()]).toEqual(['prevent-app-suspension']);
    loggedOn = [];
    await clock.advance(2_000);
    expect([...power.blockers.values()]).toEqual([]);
    end();
  });

  it('checks every session at once when the machine slept all the same', async () => {
    loggedOn = ['LP-A', 'LP-B'];
    answer = fail('operational', 'not-logged-on', 'LP-B is not logged on.');
    const end = begin();
    power.monitor.emit('suspend');
    expect(checked).toEqual([]);
    power.monitor.emit('resume');
    expect(checked).toEqual(['LP-A', 'LP-B']);
    await settle();
    expect(told).toEqual([
      'The machine goes to sleep: no Heartbeat is sent meanwhile',
      'The machine was asleep. Checked by a TestRequest: LP-A, LP-B',
      'LP-A could not be checked after the sleep: LP-B is not logged on.',
      'LP-B could not be checked after the sleep: LP-B is not logged on.',
    ]);
    end();
  });

  it('gives everything back at its end', async () => {
    loggedOn = ['LP-A'];
    const end = begin();
    end();
    await clock.advance(10_000);
    power.monitor.emit('resume');
    expect([...power.blockers.values()]).toEqual([]);
    expect(checked).toEqual([]);
  });
});
