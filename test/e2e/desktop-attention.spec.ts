import type { ElectronApplication } from '@playwright/test';
import { type Desk, expect, test } from './desk.ts';

interface Spies {
  notices?: { readonly title: string; emit(event: 'click'): void }[];
  asked?: string[];
}

test.describe.configure({ timeout: 150_000 });

const electronOf = (desk: Desk): ElectronApplication => {
  if (desk.console.application === null) throw new Error('this spec is for the desktop');
  return desk.console.application;
};
const logOn = async (desk: Desk, name: string): Promise<string> => {
  const simulator = await desk.simulator();
  const provider = await desk.lp(name, simulator.port);
  await desk.api('POST', `/lps/${provider}/activate`, { reason: 'test', actor: 'end-to-end' });
  await expect.poll(async () => (await desk.view(provider)).state.kind).toBe('logged-on');
  return provider;
};
const choose = (application: ElectronApplication, item: string): Promise<void> =>
  application.evaluate(({ Menu }, item) => {
    const found = Menu.getApplicationMenu()
      ?.items.find(({ label }) => label === 'View')
      ?.submenu?.items.find(({ label }) => label === item);
    if (found === undefined) throw new Error(`there is no ${item} in View`);
    found.click();
  }, item);

test('a killed LP is told by a notification, whose click shows that LP', async ({ desk, page }) => {
  const application = electronOf(desk);
  const provider = await logOn(desk, 'TOLD');
  await application.evaluate(({ Notification }) => {
    const spies = globalThis as Spies;
    spies.notices = [];
    Notification.prototype.show = function show(this: Electron.Notification): void {
      spies.notices?.push(this as never);
    };
  });
  const titles = (): Promise<readonly string[]> =>
    application.evaluate(() => ((globalThis as Spies).notices ?? []).map(({ title }) => title));
  await desk.api('POST', `/lps/${provider}/kill`, { reason: 'test of the notice', actor: 'end-to-end' });
  await expect.poll(titles, { timeout: 30_000 }).toContain(`${provider} killed`);
  await application.evaluate(
    (_electron, title) => (globalThis as Spies).notices?.find((notice) => notice.title === title)?.emit('click'),
    `${provider} killed`,
  );
  await expect(page.getByTestId('lp-head')).toContainText(provider);
  await expect(page.getByTestId('lp-head')).toHaveAttribute('data-state', 'killed');
});

test('the window that closes to the tray, where that was chosen, ends no session, and comes back', async ({ desk, page }) => {
  const application = electronOf(desk);
  const provider = await logOn(desk, 'TRAY');
  await application.evaluate(({ dialog }) => {
    const spies = globalThis as Spies;
    spies.asked = [];
    dialog.showMessageBox = (async (...asked: readonly unknown[]) => {
      spies.asked?.push((asked.at(-1) as { message: string }).message);
      return { response: 0, checkboxChecked: false };
    }) as never;
  });
  const close = (): Promise<void> => application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  const seen = (): Promise<readonly boolean[]> =>
    application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible()));
  await choose(application, 'Close to the tray');
  await close();
  await expect.poll(seen).toEqual([false]);
  // The console was started once more.
  await application.evaluate(({ app }) => app.emit('second-instance'));
  await expect.poll(seen).toEqual([true]);
  await close();
  await expect.poll(seen).toEqual([false]);
  expect((await desk.view(provider)).state.kind).toBe('logged-on');
  expect(await application.evaluate(() => (globalThis as Spies).asked)).toEqual([
    'The console goes on in the tray, and its LPs stay logged on.',
  ]);
  await application.evaluate(({ app }) => app.emit('second-instance'));
  await choose(application, 'Close to the tray');
  await close();
  // Asked again whether to quit; the answer was to stay.
  await expect.poll(() => application.evaluate(() => (globalThis as Spies).asked?.at(-1))).toContain('logged on here');
  await expect.poll(seen).toEqual([true]);
  await expect(page.getByTestId(`lp-row-${provider}`)).toHaveAttribute('data-state', 'logged-on');
});
