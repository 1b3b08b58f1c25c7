import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { freePort } from '../../main/base/free-port.ts';
import { startInElectron } from './console-process.ts';
import { consoleEnv, type Desk, expect, test } from './desk.ts';
import { LpPage } from './lp-page.ts';

/** A window is a process more, which has to come up beside everything else that is tested. */
const LOADED = { timeout: 60_000 };
test.describe.configure({ timeout: 150_000 });

const electronOf = (desk: Desk): ElectronApplication => {
  if (desk.console.application === null) throw new Error('this spec is for the desktop');
  return desk.console.application;
};
const press = (application: ElectronApplication, menu: string, item: string): Promise<void> =>
  application.evaluate(
    ({ Menu }, [menu, item]) => {
      const found = Menu.getApplicationMenu()
        ?.items.find(({ label }) => label === menu)
        ?.submenu?.items.find(({ label }) => label === item);
      if (found === undefined) throw new Error(`there is no ${item} in ${menu}`);
      found.click();
    },
    [menu, item] as const,
  );
const windows = (application: ElectronApplication): Promise<number> =>
  application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
const opened = async (application: ElectronApplication, act: () => Promise<void>): Promise<Page> => {
  const [page] = await Promise.all([application.waitForEvent('window'), act()]);
  return page;
};

test('an LP has a window of its own, which closes without a question and ends no session', async ({ desk, page }) => {
  const application = electronOf(desk);
  const simulator = await desk.simulator();
  const provider = await desk.lp('OWN', simulator.port);
  const lp = new LpPage(page, provider);
  await lp.act('Activate');
  await lp.isState('logged-on');
  const own = await opened(application, () => lp.act('Open in own window'));
  await expect(own.getByTestId('lp-head')).toHaveAttribute('data-state', 'logged-on', LOADED);
  await expect(own.getByTestId('lp-head')).toContainText(provider);
  await expect(own).toHaveTitle(new RegExp(provider));
  // As closed in as the first: no Node, no window of its making; and the page that asked got none.
  expect(
    await own.evaluate(() => [typeof (globalThis as { process?: unknown }).process, window.open('about:blank') === null]),
  ).toEqual(['undefined', true]);
  // Asked for again it is the same one.
  await lp.act('Open in own window');
  await expect(lp.row).toBeVisible();
  expect(await windows(application)).toBe(2);
  await own.close();
  await expect.poll(() => windows(application)).toBe(1);
  expect((await desk.view(provider)).state.kind).toBe('logged-on');
});

test('the strip lies over all windows, counts what is in trouble, and leads to it', async ({ desk, page }) => {
  const application = electronOf(desk);
  const simulator = await desk.simulator();
  const provider = await desk.lp('STRIP', simulator.port);
  const lp = new LpPage(page, provider);
  await lp.act('Activate');
  await lp.isState('logged-on');
  const strip = await opened(application, () => press(application, 'View', 'Strip'));
  const counts = strip.getByRole('button', { name: /LPs:/ });
  const line = strip.getByTestId(`strip-${provider}`);
  await expect(counts).toHaveAttribute('aria-label', /\d+ logged on/, LOADED);
  await expect(line).toHaveCount(0);
  const troubleOf = async (): Promise<number> =>
    Number(/(\d+) in trouble/.exec((await counts.getAttribute('aria-label')) ?? '')?.[1]);
  const before = await troubleOf();
  await simulator.stop();
  await expect(line).toContainText(/RETRY|ERROR/);
  await expect.poll(troubleOf).toBeGreaterThan(before);
  const onTop = await application.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().flatMap((window) => (window.isAlwaysOnTop() ? [window.webContents.getURL()] : [])),
  );
  expect(onTop).toEqual(['app://console/index.html#/strip']);
  await line.click();
  await expect(page.getByTestId('lp-head')).toContainText(provider);
  // None of the console's keys leads away from what it shows.
  await strip.keyboard.press('Escape');
  await expect(line).toBeVisible();
  await strip.close();
});

test('windows, their places and the zoom are there again after a restart, on a monitor that is there', async () => {
  const closers = new AsyncDisposableStack();
  try {
    const dataDir = mkdtempSync(join(tmpdir(), 'vfxlp-e2e-windows-'));
    closers.defer(() => rmSync(dataDir, { recursive: true, force: true }));
    const start = async () => {
      const env = consoleEnv(dataDir, await freePort());
      const started = await startInElectron(env, dataDir, (undo) => closers.defer(undo));
      closers.defer(() => started.stop());
      if (started.application === null) throw new Error('there is no application');
      await started.page();
      return { stop: () => started.stop(), application: started.application };
    };
    const seen = (application: ElectronApplication) =>
      application.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()
          .map((window) => ({
            url: window.webContents.getURL(),
            bounds: window.getBounds(),
            zoom: window.webContents.getZoomLevel(),
          }))
          .sort((one, other) => one.url.length - other.url.length),
      );
    const first = await start();
    await opened(first.application, () => press(first.application, 'View', 'Strip'));
    await press(first.application, 'View', 'Zoom in');
    await first.application.evaluate(({ BrowserWindow }) => {
      for (const window of BrowserWindow.getAllWindows()) {
        if (!window.isAlwaysOnTop()) window.setBounds({ x: 37, y: 53, width: 1210, height: 700 });
        // Where no monitor of this machine is.
        else window.setBounds({ x: 9_000, y: 60, width: 400, height: 180 });
      }
    });
    await expect
      .poll(async () => (await seen(first.application)).map(({ bounds }) => [bounds.x, bounds.width]))
      .toEqual([
        [37, 1210],
        [9_000, 400],
      ]);
    await first.stop();
    const again = await start();
    await expect
      .poll(async () => (await seen(again.application)).map(({ url, zoom }) => [url, zoom]))
      .toEqual([
        ['app://console/index.html', 0.5],
        ['app://console/index.html#/strip', 0.5],
      ]);
    const [main, strip] = await seen(again.application);
    expect(main?.bounds).toEqual({ x: 37, y: 53, width: 1210, height: 700 });
    expect(strip?.bounds).toMatchObject({ width: 400, height: 180 });
    expect(strip?.bounds.x).toBeLessThan(1_600);
  } finally {
    await closers.disposeAsync();
  }
});
