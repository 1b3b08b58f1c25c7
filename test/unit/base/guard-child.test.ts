import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { guardChild } from '../../../main/base/guard-child.ts';

const spawned = vi.hoisted(() => ({ guards: [] as ChildProcess[], refused: false }));
vi.mock('node:child_process', async (original) => {
  const real = await original<typeof import('node:child_process')>();
  const { EventEmitter } = await import('node:events');
  return {
    ...real,
    spawn: (...args: Parameters<typeof real.spawn>) => {
      if (args[0] !== '/bin/sh') return real.spawn(...args);
      // As of a spawn that finds no free descriptor: without a standard input, and the error follows.
      const guard = spawned.refused ? Object.assign(new EventEmitter(), { unref: () => undefined }) : real.spawn(...args);
      spawned.guards.push(guard as ChildProcess);
      return guard;
    },
  };
});

const sleeper = (): ChildProcess => spawn('sleep', ['60'], { stdio: 'ignore' });

test('the guard ends with its child, and leaves alone whoever has the number next', async () => {
  const child = sleeper();
  guardChild(child, 'KILL', 'test-guard');
  const [guard] = spawned.guards.splice(0);
  child.kill('SIGTERM');
  expect((await once(guard as ChildProcess, 'exit'))[0]).toBe(0);
  expect(child.signalCode).toBe('SIGTERM');
});

test('a pipe that closes without a word has the child ended by the signal that was asked for', async () => {
  for (const [name, signal] of [
    ['INT', 'SIGINT'],
    ['KILL', 'SIGKILL'],
  ] as const) {
    const child = sleeper();
    guardChild(child, name, 'test-guard');
    const ended = once(child, 'exit');
    // What the system does for a process that has died.
    spawned.guards.splice(0)[0]?.stdin?.destroy();
    expect((await ended)[1]).toBe(signal);
  }
});

test('a guard that cannot be had is no end of the child', async () => {
  spawned.refused = true;
  const child = sleeper();
  guardChild(child, 'KILL', 'test-guard');
  spawned.guards.splice(0)[0]?.emit('error', new Error('EMFILE'));
  child.kill('SIGTERM');
  expect((await once(child, 'exit'))[1]).toBe('SIGTERM');
});
