import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readIfThere } from '../../main/base/durable-file.ts';
import { freePort } from '../../main/base/free-port.ts';
import { START_STEPS } from '../../main/contracts/start-steps.ts';
import { lockDataFolder } from '../../main/settings/console-lock.ts';
import { isRunning } from '../support/processes.ts';
import { startInElectron } from './console-process.ts';
import { consoleEnv, expect, test } from './desk.ts';

test('the window is painted before the database has started', async ({ desk }) => {
  const lines = readFileSync(join(desk.dataDir, 'logs', 'console.log'), 'utf8')
    .trim()
    .split('\n');
  const said = lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
  const painted = said.findIndex((text) => text.startsWith('The window is painted'));
  console.log(said[painted]);
  expect(painted).toBeGreaterThanOrEqual(0);
  expect(painted).toBeLessThan(said.indexOf('The database schema was brought up to date'));
  // The figure of `npm run bench:desktop`.
  expect(said).toContainEqual(
    expect.stringMatching(/^First paint \d+ ms after the application was ready, \d+ ms after its process began$/),
  );
});

test('what is loaded before the window is small: the console comes after its first paint', () => {
  const loaded = new Map<string, number>();
  const load = (path: string): void => {
    if (loaded.has(path)) return;
    const text = readFileSync(path, 'utf8');
    loaded.set(path, text.length);
    for (const [, imported = ''] of text.matchAll(/^(?:import|export) (?:[^"';]*from )?"(\.[^"]+)";?$/gm))
      load(join(dirname(path), imported));
  };
  load('out/main/desktop.js');
  expect(loaded.size).toBeGreaterThan(1);
  expect([...loaded.values()].reduce((sum, bytes) => sum + bytes)).toBeLessThan(500_000);
});

test('a database that cannot start is told in a dialog, over a page that says the step and has no more rights than the console’s', async () => {
  const closers = new AsyncDisposableStack();
  try {
    const dataDir = mkdtempSync(join(tmpdir(), 'vfxlp-e2e-start-'));
    closers.defer(() => rmSync(dataDir, { recursive: true, force: true }));
    // Of a PostgreSQL that is not ours.
    mkdirSync(join(dataDir, 'postgres'));
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '9\n');
    const env = consoleEnv(dataDir, await freePort());
    const started = await startInElectron(env, dataDir, (undo) => closers.defer(undo));
    closers.defer(() => started.stop());
    const { application, pid } = started;
    const window = await application?.firstWindow();
    if (window === undefined) throw new Error('there is no window');
    // Nobody answers the dialog, and the window stays as it is.
    await expect(window.getByRole('status')).toHaveText(`${START_STEPS[0]}, 1 of 3`);
    expect(window.url()).toBe('app://console/start.html#1');
    const reached = await window.evaluate(() => ({
      node: typeof (globalThis as { require?: unknown }).require + typeof (globalThis as { process?: unknown }).process,
      opened: globalThis.window.open('about:blank') === null,
    }));
    expect(reached).toEqual({ node: 'undefinedundefined', opened: true });
    expect(isRunning(pid)).toBe(true);
    // What the dialog says, which cannot be read from here.
    await expect
      .poll(() => readFileSync(join(dataDir, 'logs', 'console.log'), 'utf8'), { timeout: 30_000 })
      .toContain('The VFXLP console did not start');
    await started.stop();
    expect(isRunning(pid)).toBe(false);
  } finally {
    await closers.disposeAsync();
  }
});

test('a data folder that another console uses is told, with its process, in a dialog that holds nothing up', async () => {
  const closers = new AsyncDisposableStack();
  try {
    const dataDir = mkdtempSync(join(tmpdir(), 'vfxlp-e2e-start-'));
    closers.defer(() => rmSync(dataDir, { recursive: true, force: true }));
    closers.defer(lockDataFolder(dataDir));
    const env = consoleEnv(dataDir, 'off');
    const started = await startInElectron(env, dataDir, (undo) => closers.defer(undo));
    closers.defer(() => started.stop());
    // What the dialog says stands in the log, too: a dialog of the system cannot be read from here.
    await expect
      .poll(() => readIfThere(join(dataDir, 'logs', 'console.log')), { timeout: 30_000 })
      .toContain(`Another console (process ${process.pid}) runs on the data folder ${dataDir}`);
    expect(isRunning(started.pid)).toBe(true);
    await started.stop();
    expect(isRunning(started.pid)).toBe(false);
  } finally {
    await closers.disposeAsync();
  }
});
