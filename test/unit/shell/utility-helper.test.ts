import type { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import { afterEach, expect, it, vi } from 'vitest';
import { utilityHelper } from '../../../main/shell/utility-helper.ts';

interface Child extends EventEmitter {
  pid: number | undefined;
  readonly posted: unknown[];
}
const electron = vi.hoisted(() => ({ forked: [] as { args: unknown[]; child: unknown }[] }));
vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events');
  class UtilityProcess extends Emitter {
    pid: number | undefined = 4_711;
    readonly posted: unknown[] = [];
    postMessage(message: unknown): void {
      this.posted.push(message);
    }
  }
  const fork = (...args: unknown[]) => {
    const child = new UtilityProcess();
    electron.forked.push({ args, child });
    return child;
  };
  return { utilityProcess: { fork } };
});
afterEach(() => vi.restoreAllMocks());

function start() {
  const helper = utilityHelper('/opt/vfxlp/latch-writer.js', 'Kill latches')();
  const forked = electron.forked.at(-1);
  return { helper, child: forked?.child as Child, args: forked?.args as [string, string[], { env: Record<string, string> }] };
}

it('runs what is built, without the secrets of the console, and speaks with it', () => {
  vi.stubEnv('VFXLP_SECRET_KEY', 'secret');
  const { helper, child, args } = start();
  vi.unstubAllEnvs();
  expect(args[0]).toBe('/opt/vfxlp/latch-writer.js');
  expect(Object.keys(args[2].env).filter((name) => name.startsWith('VFXLP_'))).toEqual([]);
  const heard: unknown[] = [];
  helper.onMessage((message) => heard.push(message));
  child.emit('message', { type: 'written', n: 1, error: null });
  helper.send({ type: 'write' });
  helper.end();
  expect([heard, child.posted]).toEqual([[{ type: 'written', n: 1, error: null }], [{ type: 'write' }, { type: 'end' }]]);
});

it('is killed for certain, once, and tells when it is gone, also afterwards', () => {
  const killed: unknown[] = [];
  vi.spyOn(process, 'kill').mockImplementation((...args) => {
    killed.push(args);
    return true;
  });
  const { helper, child } = start();
  const told: string[] = [];
  helper.onGone((why) => told.push(why));
  helper.kill();
  child.emit('exit', 9);
  helper.kill();
  helper.send('late');
  helper.end();
  helper.onGone((why) => told.push(why));
  expect(killed).toEqual([[4_711, 'SIGKILL']]);
  expect([told, child.posted, helper.pid]).toEqual([['SIGKILL', 'SIGKILL'], [], null]);
});

it.each([
  [constants.signals.SIGSEGV, 'SIGSEGV'],
  [1, 'exit code 1'],
  [70, 'exit code 70'],
])('that ended with %i is told as one that was forked: %s', (code, words) => {
  const { helper, child } = start();
  const told: string[] = [];
  helper.onGone((why) => told.push(why));
  child.emit('exit', code);
  expect(told).toEqual([words]);
});
