import { storableJson } from '../base/storable.ts';
import { withoutSecrets, withSecrets } from '../contracts/secret-tags.ts';
import type { Database, Row } from './database-port.ts';
import { parseConfig, RECORD_COLUMNS, storedSecrets } from './lp-row.ts';
import { sealSecret } from './row-secrets.ts';
import type { SecretColumn, Secrets } from './secrets.ts';

const TABLE = '"vfx_LPProviderConfig"';

/**
 * Once, when a console begins to bind secrets to where they go: those of before are bound to where they go at that moment, and what was stored
 * in plain text although it is secret is encrypted. That is as safe as it was until then and no less; from then on nothing that is not bound is
 * used, so that an old copy of a secret, put back into a row with another Host, is worth nothing. Rejects when the database is away.
 *
 * @returns the LPs that were changed
 */
export function adoptSecrets(database: Database, secrets: Secrets): Promise<readonly string[]> {
  return database.transaction(async (query) => {
    const rows = await query(`SELECT ${RECORD_COLUMNS} FROM ${TABLE} ORDER BY "Provider" FOR UPDATE OF "vfx_LPProviderConfig"`);
    const adopted: string[] = [];
    for (const row of rows) {
      const columns = adoptedColumns(row, secrets);
      if (columns.length === 0) continue;
      const provider = String(row['Provider']);
      await query(`UPDATE ${TABLE} SET ${columns.map(([name], i) => `${name} = $${i + 2}`).join(', ')} WHERE "Provider" = $1`, [
        provider,
        ...columns.map(([, value]) => value),
      ]);
      adopted.push(provider);
    }
    return adopted;
  });
}

/** None of a row that breaks a rule: where its secrets go is not known. */
function adoptedColumns(row: Row, secrets: Secrets): readonly (readonly [string, Buffer | string])[] {
  const parsed = parseConfig(row);
  if (!parsed.success) return [];
  const config = parsed.data;
  const stored = storedSecrets(row);
  const columns: (readonly [string, Buffer | string])[] = [];
  for (const column of ['password', 'new_password'] as const satisfies readonly SecretColumn[]) {
    const sealed = stored[column];
    const plain = sealed === null ? null : secrets.decryptUnbound(config.provider, column, sealed);
    if (plain !== null) columns.push([column, sealSecret(secrets, config, column, plain)]);
  }
  const { logonTags, secrets: plainTags } = withoutSecrets(config.session);
  // Of before there are none that are sealed.
  if (plainTags.length > 0 && stored.secret_tags === null && typeof withSecrets(logonTags, plainTags) !== 'number') {
    const session = typeof row['session'] === 'object' ? row['session'] : {};
    columns.push(['session', storableJson({ ...session, logonTags })]);
    columns.push(['secret_tags', sealSecret(secrets, config, 'secret_tags', JSON.stringify(plainTags))]);
  }
  return columns;
}
