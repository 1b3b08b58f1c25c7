import type { EventEmitter } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { utilityLauncher } from '../../../main/shell/utility-launcher.ts';

interface Child extends EventEmitter {
  pid: number | undefined;
  readonly posted: unknown[];
}
const electron = vi.hoisted(() => ({ children: [] as { args: unknown[]; child: unknown }[], stderr: null as Readable | null }));
vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events');
  class UtilityProcess extends Emitter {
    pid: number | undefined = undefined;
    readonly posted: unknown[] = [];
    readonly stderr = electron.stderr;
    postMessage(message: unknown): void {
      this.posted.push(message);
    }
  }
  return {
    utilityProcess: {
      fork: (...args: unknown[]) => {
        const child = new UtilityProcess();
        electron.children.push({ args, child });
        return child;
      },
    },
  };
});

const signals: [number, string][] = [];
let refuse: Error | null = null;

function launch() {
  const engine = utilityLauncher('/opt/vfxlp/engine.js').launch('LP-A');
  const child = electron.children.at(-1)?.child as Child;
  const exits: { code: number | null; signal: string | null }[] = [];
  engine.onExit((exit) => exits.push(exit));
  const spawn = (pid: number): void => {
    child.pid = pid;
    child.emit('spawn');
  };
  const exit = (code: number): void => {
    child.pid = undefined;
    child.emit('exit', code);
  };
  return { engine, child, exits, spawn, exit };
}

beforeEach(() => {
  vi.spyOn(process, 'kill').mockImplementation((pid, signal) => {
    if (refuse !== null) throw refuse;
    signals.push([pid, String(signal)]);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  signals.length = 0;
  refuse = null;
});

describe('an engine as a utility process', () => {
  it('is the built engine, named after its LP, without the secrets of the console', () => {
    vi.stubEnv('VFXLP_SECRET_KEY', 'secret');
    launch();
    vi.unstubAllEnvs();
    const forked = electron.children.at(-1) as unknown as {
      args: [string, string[], { env: Record<string, string>; execArgv: string[] }];
    };
    const [entry, args, options] = forked.args;
    expect([entry, args]).toEqual(['/opt/vfxlp/engine.js', ['--provider=LP-A']]);
    expect(options).toMatchObject({ serviceName: 'FIX engine LP-A', stdio: ['ignore', 'inherit', 'pipe'] });
    expect(options.execArgv).toEqual(['--js-flags=--max-semi-space-size=1 --no-maglev --max-old-space-size=256']);
    expect(Object.keys(options.env).filter((name) => name.startsWith('VFXLP_'))).toEqual([]);
    expect(options.env['PATH']).toBe(process.env['PATH']);
  });

  it('gets commands from the start and gives its reports', () => {
    const { engine, child, spawn } = launch();
    const reports: unknown[] = [];
    engine.onReport((report) => reports.push(report));
    engine.send({ type: 'ping', n: 1 });
    spawn(4_711);
    engine.send({ type: 'ping', n: 2 });
    child.emit('message', { type: 'pong', n: 2 });
    expect(child.posted).toEqual([
      { type: 'ping', n: 1 },
      { type: 'ping', n: 2 },
    ]);
    expect(reports).toEqual([{ type: 'pong', n: 2 }]);
  });

  it('has its process id from its spawn on, also after its end', () => {
    const { engine, spawn, exit } = launch();
    expect(engine.pid).toBeNull();
    spawn(4_711);
    expect(engine.pid).toBe(4_711);
    exit(0);
    expect(engine.pid).toBe(4_711);
  });

  it('is killed by SIGKILL, by its process id', () => {
    const { engine, spawn, exits, exit } = launch();
    spawn(4_711);
    engine.kill();
    expect(signals).toEqual([[4_711, 'SIGKILL']]);
    expect(exits).toEqual([]);
    exit(9);
    expect(exits).toEqual([{ code: null, signal: 'SIGKILL' }]);
  });

  it('that is killed before it has been spawned is killed when it is', () => {
    const { engine, spawn } = launch();
    engine.kill();
    expect(signals).toEqual([]);
    spawn(4_711);
    expect(signals).toEqual([[4_711, 'SIGKILL']]);
  });

  it('that has ended is not killed: its process id may be somebody else by now', () => {
    const { engine, spawn, exit } = launch();
    spawn(4_711);
    exit(1);
    engine.kill();
    expect(signals).toEqual([]);
  });

  it('that ended a moment ago does not make a kill fail', () => {
    const { engine, spawn } = launch();
    spawn(4_711);
    refuse = Object.assign(new Error('kill ESRCH'), { code: 'ESRCH' });
    expect(() => engine.kill()).not.toThrow();
    refuse = Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    expect(() => engine.kill()).toThrow('EPERM');
  });

  it('reports its exit once, to whoever asks before or after', () => {
    const { engine, child, spawn, exits, exit } = launch();
    spawn(4_711);
    exit(70);
    child.emit('exit', 70);
    expect(exits).toEqual([{ code: 70, signal: null }]);
    const late: unknown[] = [];
    engine.onExit((what) => late.push(what));
    expect(late).toEqual([{ code: 70, signal: null }]);
    engine.send({ type: 'stop' });
    expect(child.posted).toEqual([]);
  });

  it.each([
    ['SIGABRT', 6],
    ['SIGKILL', 9],
    ['SIGSEGV', 11],
    ['SIGTERM', 15],
  ])('that %s ended says so: Electron hands over the number alone', (signal, code) => {
    const { spawn, exits, exit } = launch();
    spawn(4711);
    exit(code);
    expect(exits).toEqual([{ code: null, signal }]);
  });

  it('that ran out of memory is known by its last words, which may come after its exit', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const stderr = new PassThrough();
    electron.stderr = stderr;
    const { spawn, exits, exit } = launch();
    electron.stderr = null;
    spawn(4_711);
    exit(133);
    expect(exits).toEqual([]);
    stderr.end('OOM error in V8: MarkCompactCollector Allocation failed - JavaScript heap out of memory\n');
    await vi.waitFor(() => expect(exits).toEqual([{ code: null, signal: 'out of memory' }]));
    expect(said).toHaveBeenCalledOnce();
  });

  it('that V8 gives up says so, and does not take this process with it', () => {
    const { child, spawn, exits, exit } = launch();
    spawn(4_711);
    child.emit('error', 'FatalError', 'v8::ToLocalChecked', '{}');
    exit(133);
    expect(exits).toEqual([{ code: 133, signal: 'FatalError at v8::ToLocalChecked' }]);
  });
});
