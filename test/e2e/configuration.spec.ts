import { expect, test } from './desk.ts';
import { LpPage } from './lp-page.ts';

test('an LP is added in the form, activated, edited while live, and deleted', async ({ desk, page }) => {
  const simulator = await desk.simulator();
  await page.getByRole('button', { name: 'Add LP' }).click();
  const form = page.getByTestId('lp-form');
  await form.getByLabel('Provider').fill('FORM-LP');
  await form.getByLabel('Host', { exact: true }).fill('127.0.0.1');
  await form.getByLabel('Port', { exact: true }).fill(String(simulator.port));
  await form.getByLabel('SenderCompID').fill('VFXLP');
  await form.getByLabel('TargetCompID').fill('LPSIM');
  await form.getByLabel('HeartBtInt').fill('2');
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  const lp = new LpPage(page, 'FORM-LP');
  await lp.isState('inactive');
  await lp.act('Activate');
  await lp.isState('logged-on');
  await lp.act('Edit');
  await form.getByLabel('HeartBtInt').fill('3');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText(/next logon/i).first()).toBeVisible();
  await expect
    .poll(async () => (await desk.sql(`SELECT "HeartBtInt" FROM "vfx_LPProviderConfig" WHERE "Provider" = 'FORM-LP'`))[0])
    .toEqual({
      HeartBtInt: 3,
    });
  await lp.actWithReason('Deactivate', 'test over');
  await lp.isState('inactive');
  await lp.actWithReason('Delete', 'made by mistake');
  await expect(lp.row).toHaveCount(0);
});

test('bad input is refused with the field named, and nothing is stored', async ({ desk, page }) => {
  await page.getByRole('button', { name: 'Add LP' }).click();
  const form = page.getByTestId('lp-form');
  await form.getByLabel('Provider').fill('../etc');
  await form.getByLabel('Host', { exact: true }).fill('no host!');
  await form.getByLabel('Port', { exact: true }).fill('70000');
  await form.getByLabel('HeartBtInt').fill('0');
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  for (const label of ['Provider', 'Host', 'Port', 'HeartBtInt', 'SenderCompID', 'TargetCompID']) {
    await expect(form.getByLabel(label, { exact: true })).toHaveAttribute('aria-invalid', 'true');
  }
  await expect(form).toContainText('65535');
  expect(await desk.sql(`SELECT 1 FROM "vfx_LPProviderConfig" WHERE "Provider" = '../etc'`)).toEqual([]);
});

test('what only the server can know is shown at its field', async ({ desk, page }) => {
  const provider = await desk.lp('TAKEN', 9);
  await page.getByRole('button', { name: 'Add LP' }).click();
  const form = page.getByTestId('lp-form');
  await form.getByLabel('Provider').fill(provider);
  await form.getByLabel('Host', { exact: true }).fill('127.0.0.1');
  await form.getByLabel('Port', { exact: true }).fill('9');
  await form.getByLabel('SenderCompID').fill('VFXLP');
  await form.getByLabel('TargetCompID').fill('LPSIM');
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(form.getByLabel('Provider')).toHaveAttribute('aria-invalid', 'true');
  await expect(form).toContainText('exists already');
});

test('a save over a newer configuration is refused, shows the difference, and is made field by field', async ({ desk, page }) => {
  const provider = await desk.lp('NEWER', 9);
  const lp = new LpPage(page, provider);
  await lp.act('Edit');
  const form = page.getByTestId('lp-form');
  await form.getByLabel('Host', { exact: true }).fill('mine.example');
  const body = { host: 'theirs.example', port: 10, senderCompId: provider, targetCompId: 'LPSIM', heartBtInt: 7, ssl: false };
  await desk.api('PUT', `/lps/${provider}?actor=other`, body);
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByTestId('differences')).toContainText('theirs.example');
  await expect(form.getByLabel('Host', { exact: true })).toHaveValue('mine.example');
  await expect(form.getByLabel('HeartBtInt', { exact: true })).toHaveValue('7');
  await form.getByRole('button', { name: 'Take theirs: Host' }).click();
  await form.getByRole('button', { name: 'Keep mine: HeartBtInt' }).click();
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form).toHaveCount(0);
  const columns = '"Host", "Port", "HeartBtInt"';
  expect(await desk.sql(`SELECT ${columns} FROM "vfx_LPProviderConfig" WHERE "Provider" = $1`, [provider])).toEqual([
    { Host: 'theirs.example', Port: 10, HeartBtInt: 1 },
  ]);
});
