import { expect, test } from './desk.ts';
import { LpPage } from './lp-page.ts';

// The window's main process is the console: stopped, it stops the window with it.
test.skip(({ shell }) => shell !== 'browser', 'a window whose console is stopped cannot be looked at');

test('a console that hangs: what is on the screen is old and says so, what is pressed is not carried out later', async ({
  ownDesk: desk,
}) => {
  // A console of its own, its hang, and what comes after it.
  test.setTimeout(150_000);
  const page = await desk.console.page();
  const simulator = await desk.simulator();
  const provider = await desk.lp('HANG', simulator.port);
  const lp = new LpPage(page, provider);
  await lp.act('Activate');
  await lp.isState('logged-on');
  await lp.open();
  const { pid } = desk.console;
  const head = page.getByTestId('lp-head');
  await head.getByRole('button', { name: 'Deactivate' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('pressed while it hangs');
  process.kill(pid, 'SIGSTOP');
  try {
    await dialog.getByRole('button', { name: 'Deactivate', exact: true }).click();
    await expect(page.getByText('not carried out any more')).toBeVisible();
    await expect(page.getByTestId('disconnected')).toContainText('since');
    await expect(head.getByRole('button', { name: 'Deactivate' })).toBeDisabled();
    await expect(head.getByRole('button', { name: 'Kill' })).toBeEnabled();
    await expect(page.getByRole('button', { name: /Stopped at/ })).toBeVisible();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await expect(page.getByTestId('disconnected')).toHaveCount(0);
  expect(await desk.sql(`SELECT 1 FROM vfxlp_audit WHERE provider = $1 AND operation = 'deactivate'`, [provider])).toEqual([]);
  expect((await desk.view(provider)).state.kind).not.toBe('inactive');
  await page.close();
});
