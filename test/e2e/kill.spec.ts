import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning } from '../support/processes.ts';
import { expect, test } from './desk.ts';
import { LpPage } from './lp-page.ts';

test('kill one: held for a second, logged out, processes gone, latched on disk, and nothing brings it back but re-arming', async ({
  desk,
  page,
}) => {
  const simulator = await desk.simulator();
  const provider = await desk.lp('KILL', simulator.port);
  const lp = new LpPage(page, provider);
  await lp.act('Activate');
  await lp.isState('logged-on');
  const { enginePid } = await desk.view(provider);
  await lp.act('Kill');
  await page.getByRole('dialog').getByRole('textbox', { name: 'Reason' }).fill('runaway orders');
  await lp.holdToKill();
  await lp.isState('killed');
  await expect(page.getByTestId(`incident-${provider}`)).toHaveAttribute('data-outcome', 'confirmed');
  await expect(page.getByTestId(`incident-${provider}`).locator('[data-step="audit-written"]')).toHaveAttribute(
    'data-state',
    'done',
  );
  await expect(page.getByTestId(`incident-${provider}`).locator('[data-step="event-published"]')).toHaveAttribute(
    'data-state',
    'done',
  );
  expect(isRunning(enginePid)).toBe(false);
  expect(await desk.status(provider)).toBe(0);
  expect(readFileSync(join(desk.dataDir, 'kill-latches.json'), 'utf8')).toContain(provider);
  const { logouts } = await simulator.until((state) => !state.connected);
  expect(logouts.at(0)).toMatchObject({ direction: 'in', text: 'Killed: runaway orders' });

  // Sticky: neither SQL nor the API brings it back.
  await desk.sql(`UPDATE "vfx_LPProviderConfig" SET desired = 'active' WHERE "Provider" = $1`, [provider]);
  await expect(desk.api('POST', `/lps/${provider}/activate`, { reason: 'try', actor: 'end-to-end' })).rejects.toThrow(/killed/);
  await lp.isState('killed');
  expect((await simulator.state()).connections).toBe(1);

  await page.keyboard.press('Escape');
  await lp.act('Re-arm');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('cause found and fixed');
  await dialog.getByLabel(`Type ${provider}`).fill(provider);
  await dialog.getByRole('button', { name: 'Re-arm' }).click();
  await lp.isState('inactive');
  await lp.act('Activate');
  await lp.isState('logged-on');
});

test('a kill is kept: its log of steps, its evidence, and an export', async ({ desk, page }) => {
  const simulator = await desk.simulator();
  const provider = await desk.lp('KEPT', simulator.port);
  const lp = new LpPage(page, provider);
  await lp.act('Activate');
  await lp.isState('logged-on');
  await lp.act('Kill');
  await page.getByRole('dialog').getByRole('textbox', { name: 'Reason' }).fill('kept for later');
  await lp.holdToKill();
  await expect(page.getByTestId(`incident-${provider}`)).toHaveAttribute('data-outcome', 'confirmed');
  await page.getByRole('button', { name: 'Log', exact: true }).click();
  await expect(page.getByTestId('incident-log-entry').first()).toContainText(provider);
  await page.getByRole('button', { name: 'Kills', exact: true }).click();
  const row = page.getByTestId('kill-row').filter({ hasText: 'kept for later' });
  await expect(row).toContainText('confirmed');
  await row.getByRole('button').click();
  await expect(page.getByRole('table', { name: 'Evidence' })).toContainText(provider);
  // On the desktop the system asks where to, and nobody is there to answer.
  if (test.info().project.name === 'electron') return;
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export JSON' }).click();
  expect((await download).suggestedFilename()).toMatch(/^kill-.*\.json$/);
});

test('a click on the kill button kills nothing', async ({ desk, page }) => {
  const simulator = await desk.simulator();
  const provider = await desk.lp('NOKILL', simulator.port);
  const lp = new LpPage(page, provider);
  await lp.act('Activate');
  await lp.isState('logged-on');
  await lp.act('Kill');
  await page.getByRole('button', { name: `Hold to kill ${provider}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await lp.isState('logged-on');
  expect(await desk.status(provider)).toBe(1);
});

test('a wedged engine is killed by force', async ({ desk, page }) => {
  const simulator = await desk.simulator();
  const provider = await desk.lp('WEDGED', simulator.port);
  const lp = new LpPage(page, provider);
  await lp.act('Activate');
  await lp.isState('logged-on');
  const { enginePid } = await desk.view(provider);
  if (enginePid === null) throw new Error('no engine');
  process.kill(enginePid, 'SIGSTOP');
  await lp.act('Kill');
  await lp.holdToKill();
  const incident = page.getByTestId(`incident-${provider}`);
  await expect(incident).toHaveAttribute('data-outcome', 'confirmed');
  await expect(incident.locator('[data-step="logout"]')).toHaveAttribute('data-state', 'failed');
  expect(isRunning(enginePid)).toBe(false);
  await simulator.until((state) => !state.connected);
});

test('kill all: typed, every session ends', async ({ desk, page }) => {
  const simulators = await Promise.all([desk.simulator(), desk.simulator(), desk.simulator()]);
  const providers: string[] = [];
  for (const simulator of simulators) providers.push(await desk.lp('ALL', simulator.port));
  const lps = providers.map((provider) => new LpPage(page, provider));
  for (const lp of lps) await lp.act('Activate');
  for (const lp of lps) await lp.isState('logged-on');
  const pids = await Promise.all(providers.map(async (provider) => (await desk.view(provider)).enginePid));
  await page.getByRole('button', { name: /KILL ALL/ }).click();
  const dialog = page.getByRole('dialog');
  const press = dialog.getByRole('button', { name: 'Kill all LPs' });
  await expect(press).toBeDisabled();
  await dialog.getByLabel('Type KILL').fill('KILL');
  await press.click();
  for (const [i, provider] of providers.entries()) {
    await expect(page.getByTestId(`incident-${provider}`)).toHaveAttribute('data-outcome', 'confirmed');
    await lps[i]?.isState('killed');
    expect(await desk.status(provider)).toBe(0);
    expect(isRunning(pids[i] ?? null)).toBe(false);
  }
  for (const simulator of simulators) await simulator.until((state) => !state.connected);
});
