import type { Page } from '@playwright/test';
import { expect, test } from './desk.ts';
import { LpPage } from './lp-page.ts';

/** What a row was, at every change of it, for as long as the page stands. */
async function watchRow(
  page: Page,
  provider: string,
): Promise<() => Promise<readonly (readonly [tone: string, word: string])[]>> {
  await page.evaluate((name) => {
    const seen: [string, string][] = [];
    Object.assign(window, { seen });
    const note = (): void => {
      const row = document.querySelector<HTMLElement>(`[data-testid="lp-row-${name}"]`);
      seen.push([row?.dataset['trouble'] ?? 'hidden', row?.querySelector('.state-word')?.textContent ?? '']);
    };
    new MutationObserver(note).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  }, provider);
  return () => page.evaluate(() => (window as unknown as { seen: [string, string][] }).seen);
}

test('an LP that cannot be reached is in trouble without a break, whatever is being tried', async ({ desk, page }) => {
  const provider = await desk.lp('DEAD', 9, { retry: { baseMs: 300, logonBaseMs: 300, capMs: 1_000 } });
  const lp = new LpPage(page, provider);
  await lp.act('Activate');
  await lp.isState('retry');
  await page.getByLabel('Filter LPs').fill(`trouble ${provider}`);
  await expect(lp.row.locator('.new-trouble')).toBeVisible();
  const seen = await watchRow(page, provider);
  await expect(lp.row).toContainText(/attempt [4-9]|RETRY [4-9]/);
  // Under load these were made before the row was watched.
  await expect.poll(async () => (await seen()).length).toBeGreaterThan(3);
  const rows = await seen();
  expect(new Set(rows.map(([trouble]) => trouble))).toEqual(new Set(['true']));
  await page.getByLabel('Filter LPs').fill('');
  await desk.api('POST', `/lps/${provider}/deactivate`, { reason: 'test over', actor: 'end-to-end' });
  await lp.isState('inactive');
  await expect(lp.row).toHaveAttribute('data-trouble', 'false');
});

test('a peer that sends nothing is SILENT from our TestRequest on, and counted', async ({ desk, page }) => {
  const simulator = await desk.simulator();
  const provider = await desk.lp('SILENT', simulator.port, { heartBtInt: 3 });
  const lp = new LpPage(page, provider);
  await lp.act('Activate');
  await lp.isState('logged-on');
  await expect(lp.row).toHaveAttribute('data-trouble', 'false');
  await simulator.fault({ kind: 'silent' });
  await expect(lp.row).toContainText(/SILENT \d+ s/);
  await expect(lp.row).toHaveAttribute('data-trouble', 'true');
  await expect(lp.row).toHaveAttribute('data-tone', 'attention');
});
