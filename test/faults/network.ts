import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:net';
import { fileURLToPath } from 'node:url';

const LISTENER = fileURLToPath(new URL('./network-listener.ts', import.meta.url));

/** A network of its own behind a cable from this one, that can lose what goes one way or the other. */
export interface Network {
  readonly address: string;
  /** Listens in it; its connections come through the cable. */
  readonly server: Server;
  /** Loses what is sent from here to there, or back, from now on, without a word. */
  lose(way: 'there' | 'back'): void;
  mend(): void;
  close(): void;
}

const ip = (...args: readonly string[]): string => execFileSync('ip', args, { encoding: 'utf8', stdio: 'pipe' });

/** @returns why there can be none, in words, where this user may not make one */
export async function openNetwork(): Promise<Network | string> {
  const id = `${process.pid % 10_000}`;
  const [name, near, far] = [`vfxlp-${id}`, `vfa${id}`, `vfb${id}`];
  const third = process.pid % 250;
  const [here, address] = [`10.231.${third}.1`, `10.231.${third}.2`];
  try {
    ip('netns', 'add', name);
  } catch (error) {
    return `no network namespace: ${(error instanceof Error ? error.message : String(error)).split('\n').at(1) ?? 'not permitted'}`;
  }
  const away = (): void => {
    ip('netns', 'del', name);
  };
  try {
    ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', name);
    ip('addr', 'add', `${here}/30`, 'dev', near);
    ip('link', 'set', near, 'up');
    ip('-n', name, 'addr', 'add', `${address}/30`, 'dev', far);
    ip('-n', name, 'link', 'set', far, 'up');
  } catch (error) {
    away();
    return `no cable into a network namespace: ${error instanceof Error ? error.message : String(error)}`;
  }
  const listener = spawn('ip', ['netns', 'exec', name, process.execPath, LISTENER, address], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [, server] = (await once(listener, 'message')) as [unknown, Server];
  // The socket is here now; who opened it is not needed.
  listener.kill('SIGKILL');
  const lost = new Set<'there' | 'back'>();
  const set = (verb: 'add' | 'del', way: 'there' | 'back'): void => {
    if (way === 'there') ip('route', verb, 'blackhole', `${address}/32`);
    else ip('-n', name, 'route', verb, 'blackhole', `${here}/32`);
  };
  const mend = (): void => {
    for (const way of lost) set('del', way);
    lost.clear();
  };
  return {
    address,
    server,
    lose: (way) => {
      set('add', way);
      lost.add(way);
    },
    mend,
    close: () => {
      mend();
      server.close();
      away();
    },
  };
}
