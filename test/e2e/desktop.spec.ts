import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ElectronApplication } from '@playwright/test';
import { isRunning } from '../support/processes.ts';
import { type Desk, expect, test } from './desk.ts';

const electronOf = (desk: Desk): ElectronApplication => {
  if (desk.console.application === null) throw new Error('this spec is for the desktop');
  return desk.console.application;
};
/** Answers every question from now on, or leaves it open (null); real dialogs cannot be clicked from here. */
const answer = (application: ElectronApplication, response: number | null): Promise<void> =>
  application.evaluate(({ dialog }, response) => {
    dialog.showMessageBox = (() =>
      response === null ? new Promise(() => undefined) : Promise.resolve({ response, checkboxChecked: false })) as never;
  }, response);
const quit = (application: ElectronApplication): Promise<void> => application.evaluate(({ app }) => app.quit());
const windows = (application: ElectronApplication): Promise<number> =>
  application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

// Each starts a console of its own.
test.describe.configure({ timeout: 150_000 });

async function loggedOn(
  desk: Desk,
  count: number,
): Promise<{ simulators: Awaited<ReturnType<Desk['simulator']>>[]; providers: string[] }> {
  const simulators = await Promise.all(Array.from({ length: count }, () => desk.simulator()));
  const providers: string[] = [];
  for (const { port } of simulators) {
    const provider = await desk.lp('DESKTOP', port);
    await desk.api('POST', `/lps/${provider}/activate`, { reason: 'test', actor: 'end-to-end' });
    providers.push(provider);
  }
  for (const provider of providers) await expect.poll(async () => (await desk.view(provider)).state.kind).toBe('logged-on');
  return { simulators, providers };
}

test('a quit dialog that stays open for 15 s holds nothing up; a signal then ends the console, with its Logouts', async ({
  ownDesk,
}) => {
  const application = electronOf(ownDesk);
  await ownDesk.console.page();
  const { simulators, providers } = await loggedOn(ownDesk, 2);
  // The dialog itself, of the operating system.
  await quit(application);
  const [killed = '', other = ''] = providers;
  for (const endMs = Date.now() + 15_000; Date.now() < endMs; ) {
    const askedMs = Date.now();
    expect((await ownDesk.view(other)).state.kind).toBe('logged-on');
    expect(Date.now() - askedMs).toBeLessThan(1_000);
    await delay(250);
  }
  await ownDesk.api('POST', `/lps/${killed}/kill`, { reason: 'while the dialog is open', actor: 'end-to-end' });
  await simulators[0]?.until((state) => !state.connected);
  const { enginePid } = await ownDesk.view(other);
  await ownDesk.console.stop();
  const { logouts } = (await simulators[1]?.until((state) => !state.connected)) ?? { logouts: [] };
  expect(logouts.map(({ direction }) => direction)).toContain('in');
  expect(isRunning(enginePid)).toBe(false);
});

test('closing the window asks: “Stay” stays, and “Log out and quit” logs every LP out before the process ends', async ({
  ownDesk,
}) => {
  const application = electronOf(ownDesk);
  await ownDesk.console.page();
  const { simulators, providers } = await loggedOn(ownDesk, 8);
  await answer(application, 0);
  await application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await delay(500);
  expect(await windows(application)).toBe(1);
  for (const provider of providers) expect((await ownDesk.view(provider)).state.kind).toBe('logged-on');
  await answer(application, 1);
  const ended = application.waitForEvent('close');
  await application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await ended;
  await expect.poll(() => isRunning(ownDesk.console.pid)).toBe(false);
  for (const simulator of simulators) {
    const { logouts } = await simulator.until((state) => !state.connected);
    expect(logouts.map(({ direction }) => direction)).toContain('in');
  }
});

test('a page that hangs or crashes ends no session, and is loaded again', async ({ ownDesk }) => {
  const application = electronOf(ownDesk);
  const page = await ownDesk.console.page();
  const { providers } = await loggedOn(ownDesk, 1);
  // A page that hangs, or is being replaced, answers never.
  const rows = (): Promise<unknown> =>
    Promise.race([
      application.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
          'document.querySelectorAll("[data-testid^=lp-row]").length',
        ),
      ),
      delay(500, 'no answer'),
    ]);
  await expect.poll(rows).toBe(1);
  await answer(application, 1);
  // Never resolves: the page is busy until it is replaced.
  void page
    .evaluate(() => {
      for (;;);
    })
    .catch(() => undefined);
  await expect.poll(rows).toBe('no answer');
  await expect.poll(rows, { timeout: 20_000 }).toBe(1);
  for (let n = 0; n < 3; n += 1) {
    await application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer());
    await expect.poll(rows, { timeout: 15_000 }).toBe(1);
  }
  expect((await ownDesk.view(providers[0] ?? '')).state.kind).toBe('logged-on');
  expect((await ownDesk.view(providers[0] ?? '')).stats?.nextOut).toBeGreaterThan(1);
});

test('after a sleep of the machine every session is checked at once', async ({ ownDesk }) => {
  const application = electronOf(ownDesk);
  const { providers } = await loggedOn(ownDesk, 1);
  const roundTrip = async (): Promise<number | null | undefined> =>
    (await ownDesk.view(providers[0] ?? '')).stats?.testRequestRttMs;
  expect(await roundTrip()).toBeNull();
  await application.evaluate(({ powerMonitor }) => powerMonitor.emit('resume'));
  await expect.poll(roundTrip).not.toBeNull();
});

test('the menu kills all LPs after one question, for a window that does not answer', async ({ ownDesk }) => {
  const application = electronOf(ownDesk);
  await ownDesk.console.page();
  const { simulators, providers } = await loggedOn(ownDesk, 2);
  const press = (checkboxChecked: boolean): Promise<void> =>
    application.evaluate(({ dialog, Menu }, checkboxChecked) => {
      dialog.showMessageBox = (async () => ({ response: 1, checkboxChecked })) as never;
      Menu.getApplicationMenu()
        ?.items.find(({ label }) => label === 'Session')
        ?.submenu?.items[0]?.click();
    }, checkboxChecked);
  await press(false);
  await delay(500);
  for (const provider of providers) expect((await ownDesk.view(provider)).state.kind).toBe('logged-on');
  await press(true);
  for (const simulator of simulators) await simulator.until((state) => !state.connected);
  for (const provider of providers) await expect.poll(async () => (await ownDesk.view(provider)).state.kind).toBe('killed');
});

test('the page reaches neither Node nor another page, and opens no window', async ({ desk, page }) => {
  const application = electronOf(desk);
  const seen = await page.evaluate(() => ({
    node: typeof (globalThis as { require?: unknown }).require + typeof (globalThis as { process?: unknown }).process,
    opened: window.open('about:blank') === null && window.open('app://console/index.html') === null,
  }));
  expect(seen).toEqual({ node: 'undefinedundefined', opened: true });
  await page.evaluate(() => window.location.assign('https://example.org/'));
  await delay(500);
  expect(page.url()).toMatch(/^app:\/\/console\//);
  expect(await windows(application)).toBe(1);
});

test('a main process that is killed leaves no process behind', async ({ ownDesk }) => {
  await ownDesk.console.page();
  const { providers, simulators } = await loggedOn(ownDesk, 2);
  const pids = await Promise.all(providers.map(async (provider) => (await ownDesk.view(provider)).enginePid));
  process.kill(ownDesk.console.pid, 'SIGKILL');
  await expect.poll(() => pids.some(isRunning)).toBe(false);
  for (const simulator of simulators) await simulator.until((state) => !state.connected);
  // In order: its server's lock file is gone.
  await expect.poll(() => existsSync(join(ownDesk.dataDir, 'postgres', 'postmaster.pid')), { timeout: 30_000 }).toBe(false);
});
