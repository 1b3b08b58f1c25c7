import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isRunning } from '../support/processes.ts';
import { startInElectron } from './console-process.ts';
import { consoleEnv, expect, test } from './desk.ts';

test.describe.configure({ timeout: 150_000 });

const run = promisify(execFile);
/** What `vfxlp` says, with its exit status. */
const vfxlp = async (dataDir: string, ...args: readonly string[]): Promise<string> =>
  run(process.execPath, ['out/main/cli.js', ...args, '--data-dir', dataDir]).then(
    ({ stdout }) => `0 ${stdout}`,
    (error: { code: number; stderr: string }) => `${error.code} ${error.stderr}`,
  );

test('a defect in main ends it with a report, which the next start offers in a dialog that holds nothing up; all without an admin port', async () => {
  const closers = new AsyncDisposableStack();
  try {
    const dataDir = mkdtempSync(join(tmpdir(), 'vfxlp-e2e-broken-'));
    closers.defer(() => rmSync(dataDir, { recursive: true, force: true }));
    const env = consoleEnv(dataDir, 'off');
    const start = async () => {
      const started = await startInElectron(env, dataDir, (undo) => closers.defer(undo));
      closers.defer(() => started.stop());
      return started;
    };
    const reports = (): readonly string[] => readdirSync(join(dataDir, 'crash-reports')).filter((name) => name.endsWith('.json'));

    const first = await start();
    await expect((await first.page()).getByRole('button', { name: /kill all/i }).first()).toBeVisible();
    expect(JSON.parse(readFileSync(join(dataDir, 'console.json'), 'utf8'))).toMatchObject({ adminUrl: null });
    expect(await vfxlp(dataDir, 'status')).toMatch(
      /^4 The admin port of the console \(process \d+\) is off \(VFXLP_ADMIN_PORT\)/,
    );
    expect(reports()).toEqual([]);
    await first.application?.evaluate(() => {
      setTimeout(() => {
        throw new Error('a defect on purpose, token=Tok3n-0123456789');
      });
    });
    await expect.poll(() => isRunning(first.pid), { timeout: 30_000 }).toBe(false);
    const [name = '', ...more] = reports();
    expect([name, more]).toEqual([expect.stringMatching(/uncaught-exception\.new\.json$/), []]);
    const report = readFileSync(join(dataDir, 'crash-reports', name), 'utf8');
    expect(report).toContain('a defect on purpose');
    expect(report).not.toContain('Tok3n');

    const second = await start();
    await expect((await second.page()).getByRole('button', { name: /kill all/i }).first()).toBeVisible();
    await expect
      .poll(() => readFileSync(join(dataDir, 'logs', 'console.log'), 'utf8'), { timeout: 30_000 })
      .toContain('The console has not ended in order before');
    await second.stop();
    expect(isRunning(second.pid)).toBe(false);
  } finally {
    await closers.disposeAsync();
  }
});
