import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isErrno } from '../../main/base/errors.ts';
import { PACKAGE } from './console-process.ts';
import { type Desk, expect, TOKEN, test } from './desk.ts';
import { LpPage } from './lp-page.ts';

/** Processes whose command line names a folder. */
const processesOf = (folder: string): readonly string[] =>
  readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return commandLine.includes(folder) ? [commandLine] : [];
    } catch (error) {
      // It ended meanwhile.
      if (isErrno(error)) return [];
      throw error;
    }
  });

/** The package's own command line, without a display. */
const vfxlp = ({ dataDir }: Desk, ...args: readonly string[]): string =>
  execFileSync(join(dataDir, 'vfxlp'), args, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: dataDir, VFXLP_DATA_DIR: dataDir, VFXLP_ADMIN_TOKEN: TOKEN },
  });

// It starts a console of its own.
test.describe.configure({ timeout: 150_000 });

test('the packaged application runs an LP over TLS on its own database, kills it, and leaves nothing behind', async ({
  ownDesk,
}) => {
  const size = (path: string): number =>
    Math.round(Number.parseInt(execFileSync('du', ['-sk', path], { encoding: 'utf8' }), 10) / 1024);
  console.log(
    `package: ${size(PACKAGE)} MB, of it PostgreSQL ${size(`${PACKAGE}/resources/app.asar.unpacked`)} MB, the console ${size(`${PACKAGE}/resources/app.asar`)} MB`,
  );
  const page = await ownDesk.console.page();
  const { certFile, keyFile } = await ownDesk.authority.issue({
    name: 'localhost',
    dnsNames: ['localhost'],
    addresses: ['127.0.0.1'],
  });
  const simulator = await ownDesk.simulator({ tls: { certFile, keyFile } });
  const provider = await ownDesk.lp('PACKAGED', simulator.port, {
    ssl: true,
    host: 'localhost',
    tunnel: { verify: 'chain', caFile: ownDesk.authority.certFile },
  });
  const lp = new LpPage(page, provider);
  await lp.act('Activate');
  await lp.isState('logged-on');
  await expect(lp.row).toContainText('LOGGED ON');
  expect(vfxlp(ownDesk, 'status')).toContain(`${provider}`);
  await lp.act('Kill');
  await page.getByRole('dialog').getByRole('textbox', { name: 'Reason' }).fill('the packaged kill');
  await lp.holdToKill();
  await lp.isState('killed');
  const { logouts } = await simulator.until((state) => !state.connected);
  expect(logouts.at(0)).toMatchObject({ direction: 'in', text: 'Killed: the packaged kill' });
  expect(JSON.parse(vfxlp(ownDesk, 'lp', provider, '--json'))).toMatchObject({ lp: { state: { kind: 'killed' } } });
  await simulator.stop();
  await ownDesk.console.stop();
  await expect.poll(() => processesOf(ownDesk.dataDir)).toEqual([]);
});
