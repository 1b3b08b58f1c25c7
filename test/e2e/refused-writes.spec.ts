import { randomUUID } from 'node:crypto';
import { expect, test } from './desk.ts';

test('a write that was refused for good is shown with why, and is discarded with a reason', async ({ desk, page }) => {
  const ids = [randomUUID(), randomUUID()];
  for (const id of ids)
    await desk.sql(
      `INSERT INTO vfxlp_outbox (event_id, provider, subject, payload, refused, refused_at)
       VALUES ($1, 'LP-X', 'vfxlp.events.lpstatus', '{}', 'too large for this server', now())`,
      [id],
    );
  await page.getByRole('button', { name: 'Audit', exact: true }).click();
  const panel = page.getByTestId('refused-writes');
  const rows = panel.getByTestId('refused-write');
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText('too large for this server');

  await rows
    .first()
    .getByRole('button', { name: /^Discard/ })
    .click();
  const dialog = page.getByRole('dialog', { name: 'Discard a refused write' });
  await expect(dialog.getByRole('button', { name: 'Discard', exact: true })).toBeDisabled();
  await dialog.getByLabel('Reason').fill('nobody listens there');
  await dialog.getByRole('button', { name: 'Discard', exact: true }).click();
  await expect(rows).toHaveCount(1);

  await panel.getByRole('button', { name: 'Discard all …' }).click();
  await page.getByLabel('Reason').fill('nor there');
  await page.getByRole('dialog').getByRole('button', { name: 'Discard', exact: true }).click();
  await expect(panel).toHaveCount(0);
  expect(await desk.sql('SELECT 1 FROM vfxlp_outbox WHERE event_id = ANY($1::uuid[])', [ids])).toEqual([]);
  const audit = await desk.sql(`SELECT reason, result FROM vfxlp_audit WHERE operation = 'discard-refused' ORDER BY id`);
  expect(audit).toEqual([
    { reason: 'nobody listens there', result: 'ok' },
    { reason: 'nor there', result: 'ok' },
  ]);
  await page.getByRole('button', { name: 'LPs', exact: true }).click();
});
