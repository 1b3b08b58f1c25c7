import type { TestDatabase } from './postgres.ts';

/** Another console owns an LP, with a lease of so many seconds. @returns the epoch */
export async function ownedBy(db: Pick<TestDatabase, 'sql'>, provider: string, name = 'x/1', seconds = 15): Promise<number> {
  const [console] = await db.sql(
    `INSERT INTO vfxlp_consoles (console_id, name, host, folder, pid, lease_until)
     VALUES (gen_random_uuid(), $1, 'x', 'y', 1, now() + $2 * interval '1 s') RETURNING console_id`,
    [name, seconds],
  );
  const [row] = await db.sql(
    `INSERT INTO vfxlp_ownership AS o (provider, console_id, epoch) VALUES ($1, $2, 1)
     ON CONFLICT (provider) DO UPDATE SET console_id = $2, epoch = o.epoch + 1 RETURNING epoch::int`,
    [provider, console?.['console_id']],
  );
  return Number(row?.['epoch']);
}
