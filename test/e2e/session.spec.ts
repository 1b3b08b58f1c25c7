import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning } from '../support/processes.ts';
import { expect, test } from './desk.ts';
import { LpPage } from './lp-page.ts';

test('activate: LOGGED ON on screen, status 1 in the database, the event on NATS', async ({ desk, page }) => {
  const simulator = await desk.simulator();
  const provider = await desk.lp('ACTIVATE', simulator.port);
  const lp = new LpPage(page, provider);
  await lp.isState('inactive');
  await lp.act('Activate');
  await lp.isState('logged-on');
  await expect(lp.row).toContainText('LOGGED ON');
  await expect.poll(() => desk.status(provider)).toBe(1);
  await expect.poll(() => desk.events(provider).map((event) => [event.oldStatus, event.newStatus])).toEqual([[0, 1]]);
  expect((await simulator.state()).logons).toBe(1);
});

test('deactivate: the LP sees the Logout, status is 0, engine and tunnel are gone', async ({ desk, page }) => {
  const simulator = await desk.simulator();
  const provider = await desk.lp('DEACTIVATE', simulator.port);
  const lp = new LpPage(page, provider);
  await lp.act('Activate');
  await lp.isState('logged-on');
  const { enginePid } = await desk.view(provider);
  expect(isRunning(enginePid)).toBe(true);
  await lp.actWithReason('Deactivate', 'end of day');
  await lp.isState('inactive');
  expect(await desk.status(provider)).toBe(0);
  expect(isRunning(enginePid)).toBe(false);
  const { logouts } = await simulator.until((state) => !state.connected);
  expect(logouts.filter(({ direction }) => direction === 'in').map(({ text }) => text)).toEqual(['end of day']);
  await expect.poll(() => desk.events(provider).at(-1)?.newStatus).toBe(0);
});

test('the LP drops the connection: error, countdown to the retry, and back', async ({ desk, page }) => {
  const simulator = await desk.simulator();
  const provider = await desk.lp('DROP', simulator.port);
  const lp = new LpPage(page, provider);
  await lp.act('Activate');
  await lp.isState('logged-on');
  await simulator.fault({ kind: 'down', seconds: 4 });
  await expect(lp.row).toContainText(/RETRY \d+ ?s \(attempt \d+\)/);
  const word = lp.row.locator('.state-word');
  const cut = await word.evaluate((it) => ({
    px: it.scrollWidth - it.clientWidth,
    titled: it.getAttribute('title') === it.textContent,
    ellipsis: getComputedStyle(it).textOverflow,
  }));
  expect(cut).toEqual({ px: 0, titled: true, ellipsis: 'ellipsis' });
  await lp.isState('logged-on');
  await expect.poll(() => desk.events(provider).map((event) => event.newStatus)).toEqual([1, 2, 1]);
});

test('a refused Logon shows the words of the LP', async ({ desk, page }) => {
  const simulator = await desk.simulator({ faults: ['refuse-logon=Account 4711 is disabled'] });
  const provider = await desk.lp('REFUSED', simulator.port);
  const lp = new LpPage(page, provider);
  await lp.act('Activate');
  await lp.isState('retry');
  await expect(lp.row).toContainText('Account 4711 is disabled');
  await expect.poll(() => desk.events(provider).at(-1)?.reason?.code).toBe('logon-refused');
});

test('an LP over TLS is reached through stunnel, and deactivating it ends the tunnel', async ({ desk, page }) => {
  const { certFile, keyFile } = await desk.authority.issue({
    name: 'localhost',
    dnsNames: ['localhost'],
    addresses: ['127.0.0.1'],
  });
  const simulator = await desk.simulator({ tls: { certFile, keyFile } });
  const provider = await desk.lp('TLS', simulator.port, {
    ssl: true,
    host: 'localhost',
    tunnel: { verify: 'chain', caFile: desk.authority.certFile },
  });
  const lp = new LpPage(page, provider);
  await lp.act('Activate');
  await lp.isState('logged-on');
  const { tunnelPid } = await desk.view(provider);
  expect(isRunning(tunnelPid)).toBe(true);
  await lp.open();
  await expect(page.getByTestId('lane-tls')).toHaveAttribute('data-light', 'ok');
  await expect(page.getByTestId('lane-tls')).toContainText('TLSv1.');
  await desk.api('POST', `/lps/${provider}/deactivate`, { reason: 'test over', actor: 'end-to-end' });
  await expect(page.getByTestId('lp-head')).toHaveAttribute('data-state', 'inactive');
  expect(isRunning(tunnelPid)).toBe(false);
  expect(readFileSync(join(desk.fixLogDir, provider, 'tunnel.log'), 'utf8')).toContain('TLS');
});

test('live numbers move', async ({ desk, page }) => {
  const simulator = await desk.simulator({ rate: 20 });
  const provider = await desk.lp('NUMBERS', simulator.port);
  const lp = new LpPage(page, provider);
  await lp.act('Activate');
  await lp.isState('logged-on');
  await lp.open();
  const nextIn = page.getByTestId('next-in');
  const number = async (): Promise<number> => Number((await nextIn.innerText()).replace(/\D/g, ''));
  await expect.poll(number).toBeGreaterThan(5);
  const before = await number();
  await expect.poll(number).toBeGreaterThan(before + 10);
});

test('the FIX log tail shows what the LP sent, and the file has it too', async ({ desk, page }) => {
  const simulator = await desk.simulator({ rate: 5 });
  const provider = await desk.lp('TAIL', simulator.port, { username: 'desk', password: 'hunter2-secret' });
  const lp = new LpPage(page, provider);
  await lp.act('Activate');
  await lp.isState('logged-on');
  await lp.open('FIX log');
  const tail = page.getByTestId('fix-log');
  await expect(tail).toContainText('MarketData');
  await expect(tail).toContainText('55=EURUSD');
  await tail.getByText('MarketDataSnapshot').first().click();
  const fields = page.getByTestId('message-fields');
  await expect(fields).toContainText('MDEntryPx');
  await expect(fields).toContainText('1 of 6');
  await expect(fields).toContainText('BID');
  await page.keyboard.press('Escape');
  await expect(fields).toHaveCount(0);
  await expect(tail).toBeVisible();
  const file = readFileSync(join(desk.fixLogDir, provider, 'fix.log'), 'utf8');
  expect(file).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z O 8=FIX\.4\.4\x019=\d+\x0135=A\x01/);
  expect(file).toContain('554=***');
  expect(file).not.toContain('hunter2-secret');
});

test('a change by SQL is acted on within a second and shows', async ({ desk, page }) => {
  const simulator = await desk.simulator();
  const provider = await desk.lp('SQL', simulator.port);
  const lp = new LpPage(page, provider);
  await lp.isState('inactive');
  const before = Date.now();
  await desk.sql(`UPDATE "vfx_LPProviderConfig" SET desired = 'active' WHERE "Provider" = $1`, [provider]);
  // Acted on: how long its process then needs to start is the machine's.
  await expect.poll(async () => (await desk.view(provider)).state.kind, { intervals: [20] }).not.toBe('inactive');
  expect(Date.now() - before).toBeLessThan(1_000);
  await lp.isState('logged-on');
  await desk.sql(`UPDATE "vfx_LPProviderConfig" SET "Port" = 70000 WHERE "Provider" = $1`, [provider]);
  await desk.sql(`UPDATE "vfx_LPProviderConfig" SET desired = 'inactive' WHERE "Provider" = $1`, [provider]);
  await lp.isState('inactive');
  await desk.sql(`UPDATE "vfx_LPProviderConfig" SET desired = 'active' WHERE "Provider" = $1`, [provider]);
  await lp.isState('error');
  await expect(lp.row).toContainText('Port');
  expect((await simulator.state()).connections).toBe(1);
});

for (const [signal, words] of [
  ['SIGSEGV', 'SIGSEGV'],
  ['SIGABRT', 'SIGABRT'],
  ['SIGTERM', 'SIGTERM'],
] as const)
  test(`an engine that ${signal} ends is told with the same words, whatever launched it`, async ({ desk, page }) => {
    const simulator = await desk.simulator();
    const provider = await desk.lp(signal, simulator.port);
    const lp = new LpPage(page, provider);
    await lp.act('Activate');
    await lp.isState('logged-on');
    const { enginePid } = await desk.view(provider);
    if (enginePid === null) throw new Error('no engine');
    process.kill(enginePid, signal);
    await expect.poll(() => desk.events(provider).map((event) => event.newStatus)).toEqual([1, 2, 1]);
    expect(desk.events(provider)[1]?.reason).toMatchObject({ code: 'engine-exit', text: expect.stringContaining(words) });
  });

test('an engine that dies is noticed, shown with how it ended, and replaced', async ({ desk, page }) => {
  const simulator = await desk.simulator();
  const provider = await desk.lp('CRASH', simulator.port);
  const lp = new LpPage(page, provider);
  await lp.act('Activate');
  await lp.isState('logged-on');
  const { enginePid, stats } = await desk.view(provider);
  if (enginePid === null) throw new Error('no engine');
  process.kill(enginePid, 'SIGKILL');
  // The wait before the next attempt is random and may be too short to be seen; what is written stays.
  await expect.poll(() => desk.events(provider).map((event) => event.newStatus)).toEqual([1, 2, 1]);
  expect(desk.events(provider)[1]?.reason).toMatchObject({ code: 'engine-exit', text: expect.stringContaining('SIGKILL') });
  await lp.isState('logged-on');
  await lp.open();
  await expect(page.getByTestId('timeline')).toContainText('SIGKILL');
  await expect.poll(async () => (await desk.view(provider)).stats?.nextOut ?? 0).toBeGreaterThan(stats?.nextOut ?? 0);
  expect((await desk.view(provider)).enginePid).not.toBe(enginePid);
});
