import { expect, test } from './desk.ts';
import { LpPage } from './lp-page.ts';

const CHORD = 'Control+Shift+K';

test('the kill chord acts on what is marked and seen: not behind a filter, not from another screen, but over every dialog', async ({
  desk,
  page,
}) => {
  const [first, second] = [await desk.lp('CHORD-A', 9), await desk.lp('CHORD-B', 9)];
  await new LpPage(page, second).isState('inactive');
  await new LpPage(page, first).row.locator('.c-why').click();
  await page.keyboard.press('/');
  await page.keyboard.type(second.toLowerCase());
  await expect(new LpPage(page, second).row).toHaveAttribute('data-selected', 'true');
  await page.keyboard.press(CHORD);
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(`Kill ${second}`);
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);

  await page.getByRole('button', { name: 'Audit', exact: true }).click();
  await page.keyboard.press(CHORD);
  await expect(page.getByRole('alert').filter({ hasText: 'No LP is marked' })).toBeVisible();
  await expect(dialog).toHaveCount(0);

  await page.getByRole('button', { name: 'LPs', exact: true }).click();
  await new LpPage(page, second).act('Edit');
  const host = page.getByTestId('lp-form').getByLabel('Host', { exact: true });
  await host.fill('typed.example');
  await page.keyboard.press(CHORD);
  await expect(page.getByRole('dialog', { name: `Kill ${second}` })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: `Kill ${second}` })).toHaveCount(0);
  await expect(host).toHaveValue('typed.example');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  expect((await desk.view(first)).state.kind).toBe('inactive');
  // The screen is the same for the next test.
  await page.keyboard.press('Escape');
  await expect(new LpPage(page, first).row).toBeVisible();
});
