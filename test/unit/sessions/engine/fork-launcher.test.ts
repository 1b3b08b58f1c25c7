import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { EngineReport } from '../../../../main/contracts/engine-protocol.ts';
import type { EngineProcess } from '../../../../main/contracts/processes.ts';
import { forkLauncher } from '../../../../main/sessions/engine/fork-launcher.ts';

/** Answers a ping, ends when told to stop, and hears nothing any more after `block-outbound`. */
const ENGINE = `
process.on('message', (command) => {
  if (command.type === 'ping') process.send({ type: 'pong', n: command.n });
  if (command.type === 'stop') process.exit(7);
  if (command.type === 'test-request') { const kept = []; for (;;) kept.push(new Array(1_000_000).fill(0.5)); }
  if (command.type === 'block-outbound') { process.send({ type: 'recovered' }); for (;;); }
});
process.send({ type: 'timeline', events: [process.argv.slice(2), process.execArgv, Object.keys(process.env)] });
`;

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-fork-'));
  writeFileSync(join(dir, 'engine.mjs'), ENGINE);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Watched {
  readonly engine: EngineProcess;
  readonly exit: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  report(type: EngineReport['type']): Promise<EngineReport>;
}
function launch(entry = 'engine.mjs'): Watched {
  const engine = forkLauncher(join(dir, entry)).launch('LP-A');
  const reports: EngineReport[] = [];
  let look: () => void = () => undefined;
  engine.onReport((report) => {
    reports.push(report);
    look();
  });
  return {
    engine,
    exit: new Promise((resolve) => engine.onExit(resolve)),
    report: (type) =>
      new Promise((resolve) => {
        look = () => {
          const found = reports.find((report) => report.type === type);
          if (found !== undefined) resolve(found);
        };
        look();
      }),
  };
}

describe('an engine as a child process', () => {
  test('gets commands, gives reports, and tells its exit code', async () => {
    const { engine, exit, report } = launch();
    expect(engine.pid).toBeGreaterThan(0);
    engine.send({ type: 'ping', n: 42 });
    expect(await report('pong')).toEqual({ type: 'pong', n: 42 });
    engine.send({ type: 'stop' });
    expect(await exit).toEqual({ code: 7, signal: null });
    // Nobody listens any more, and nothing throws.
    engine.send({ type: 'ping', n: 43 });
    engine.kill();
  });

  test('knows its LP, none of this process’s flags, and none of the console’s secrets', async () => {
    process.env['VFXLP_SECRET_KEY'] = 'secret';
    try {
      const { engine, exit, report } = launch();
      const { events } = (await report('timeline')) as unknown as { events: [string[], string[], string[]] };
      const [args, flags, env] = events;
      expect(args).toEqual(['--provider=LP-A']);
      expect(flags).toEqual(['--max-semi-space-size=1', '--no-maglev', '--max-old-space-size=256']);
      expect(env.filter((name) => name.startsWith('VFXLP_'))).toEqual([]);
      expect(env).toContain('PATH');
      engine.kill();
      await exit;
    } finally {
      delete process.env['VFXLP_SECRET_KEY'];
    }
  });

  test('that hears nothing any more is ended by SIGKILL', async () => {
    const { engine, exit, report } = launch();
    engine.send({ type: 'block-outbound', requestId: 1, parting: null });
    await report('recovered');
    engine.send({ type: 'stop' });
    engine.kill();
    expect(await exit).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('that wants more memory than an engine may use ends by itself, and is known to have run out of it', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const { engine, exit } = launch();
    engine.send({ type: 'test-request', requestId: 1 });
    expect(await exit).toEqual({ code: null, signal: 'out of memory' });
    expect(said.mock.calls.map(([chunk]) => String(chunk)).join('')).toContain('heap out of memory');
    said.mockRestore();
  }, 60_000);

  test('that is not there ends with an exit', async () => {
    const { exit } = launch('missing.mjs');
    expect(await exit).toMatchObject({ code: 1 });
  });
});
