import { expect, test } from './desk.ts';

test('an admin makes a token, sees it this once, and revokes it', async ({ desk, page }) => {
  const use = (token: string) =>
    fetch(`${desk.adminUrl}/api/v1/lps`, { headers: { authorization: `Bearer ${token}` } }).then(({ status }) => status);
  await page.getByRole('button', { name: 'Tokens', exact: true }).click();
  const form = page.getByRole('form', { name: 'New token' });
  const tops = ['Name', 'Role', 'Days (empty: never expires)'].map(async (label) => {
    const box = await form.getByLabel(label).boundingBox();
    return Math.round(box?.y ?? -1);
  });
  expect(new Set(await Promise.all(tops)).size, 'fields that stand beside each other').toBe(1);
  await form.getByLabel('Name').fill('second-screen');
  await form.getByLabel('Role').selectOption('viewer');
  await form.getByRole('button', { name: 'Make' }).click();
  const token = (await page.getByTestId('new-token').textContent()) ?? '';
  expect(await use(token)).toBe(200);
  await page.getByRole('button', { name: 'Put away' }).click();
  await expect(page.getByText(token)).toHaveCount(0);

  const row = page.getByTestId('token-row').filter({ hasText: 'second-screen' });
  await expect(row).toContainText('viewer');
  const revoke = row.getByRole('button', { name: 'Revoke second-screen' });
  await revoke.click();
  expect(await use(token)).toBe(200);
  await revoke.click();
  await expect(row).toHaveCount(0);
  expect(await use(token)).toBe(401);
  await page.getByRole('button', { name: 'LPs', exact: true }).click();
});
