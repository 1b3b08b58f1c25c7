import { z } from 'zod';
import { type DisconnectReason, REASONS, type ReasonCode } from '../contracts/disconnect-reason.ts';
import { type ConfigProblem, columnOf, lpConfigSchema, problemsOf } from '../contracts/lp-config.ts';
import type { KillLatch, LpRecord } from '../contracts/lp-record.ts';
import { withoutSecrets } from '../contracts/secret-tags.ts';
import type { Row } from './database-port.ts';
import { openSecrets, type StoredSecrets } from './row-secrets.ts';
import type { Secrets } from './secrets.ts';

const OTHER_KEY =
  'cannot be decrypted with the secret key of this console: save it again, or set VFXLP_SECRET_KEY to the key it was saved with';

/** The columns that make a record, as the repository selects them. A lease is the database's time, so the database compares it. */
export const RECORD_COLUMNS = `"Provider", "Host", "Port", "SenderCompID", "TargetCompID", "HeartBtInt", "SSL", status, desired,
  kill_incident, kill_by, kill_reason, kill_at, rearmed_incident, username, password, new_password, secret_tags, retry, tunnel, session, status_reason, status_at,
  version, row_id, (SELECT name FROM vfxlp_ownership o JOIN vfxlp_consoles USING (console_id)
                     WHERE o.provider = "Provider" AND (lease_until > now() OR alone)) AS owner,
  (SELECT json_build_object('name', name, 'sinceMs', round(extract(epoch FROM lease_until) * 1000)) FROM vfxlp_ownership o JOIN vfxlp_consoles USING (console_id)
    WHERE o.provider = "Provider" AND lease_until <= now() AND gone_by IS NULL) AS silent_owner,
  (SELECT min(other."Provider") FROM "vfx_LPProviderConfig" other
    WHERE lower(other."Provider") = lower("vfx_LPProviderConfig"."Provider") AND (other.made_at, other."Provider") <
      ("vfx_LPProviderConfig".made_at, "vfx_LPProviderConfig"."Provider")) AS named_before`;

/** What is wrong with the name of an LP when there was one before that differs from it in case only. */
export const sameButForCase = (before: string): string =>
  `must differ from ${before} in more than case, because it names the log folder: choose another name`;

/** The columns that consoles write. A value in them that no console wrote is no reason to lose sight of the LP: it counts as not set. */
const stateColumns = z.object({
  Provider: z.string(),
  row_id: z.string().nullable().catch(null),
  desired: z.enum(['active', 'inactive']).catch('inactive'),
  kill_incident: z.string().nullable(),
  kill_by: z.string().nullable(),
  kill_reason: z.string().nullable(),
  kill_at: z.date().nullable().catch(null),
  rearmed_incident: z.array(z.string()),
  password: z.instanceof(Buffer).nullable(),
  new_password: z.instanceof(Buffer).nullable(),
  secret_tags: z.instanceof(Buffer).nullable(),
  status: z.union([z.literal(0), z.literal(1), z.literal(2)]).catch(0),
  status_reason: z
    .object({
      code: z.custom<ReasonCode>((code) => typeof code === 'string' && Object.hasOwn(REASONS, code)),
      detail: z.string().exactOptional(),
      peerText: z.string().exactOptional(),
      peerExpects: z.number().exactOptional(),
    })
    .nullable()
    .catch(null),
  status_at: z.date().nullable().catch(null),
  owner: z.string().nullable(),
  silent_owner: z.object({ name: z.string(), sinceMs: z.number() }).nullable(),
  named_before: z.string().nullable(),
  version: z.int(),
});

/**
 * One row of `"vfx_LPProviderConfig"` as a record; what breaks a rule becomes the record's problems, never an exception.
 * @param row  with RECORD_COLUMNS
 */
export function toRecord(row: Row, secrets: Secrets): LpRecord {
  const state = stateColumns.parse(row);
  return {
    provider: state.Provider,
    rowId: state.row_id,
    config: toConfig(row, state, secrets),
    desired: state.desired,
    killed: toLatch(state),
    rearmed: state.rearmed_incident,
    status: state.status,
    statusReason: state.status_reason satisfies DisconnectReason | null,
    statusAtMs: state.status_at?.getTime() ?? null,
    owner: state.owner,
    silentOwner: state.silent_owner,
  };
}

function toConfig(row: Row, stored: z.infer<typeof stateColumns>, secrets: Secrets): LpRecord['config'] {
  const parsed = parseConfig(row);
  const named: readonly ConfigProblem[] =
    stored.named_before === null ? [] : [{ column: 'Provider', rule: sameButForCase(stored.named_before) }];
  if (!parsed.success) return { valid: false, problems: [...problemsOf(parsed.error), ...named] };
  const config = parsed.data;
  const { toEnter, otherKey } = openSecrets(secrets, config, stored);
  const problems: ConfigProblem[] = [...named, ...otherKey.map((column) => ({ column, rule: OTHER_KEY }))];
  for (const [tag] of withoutSecrets(config.session).secrets)
    problems.push({
      column: 'session.logonTags',
      rule: `must not have the value of ${tag} in plain text, for it is secret by session.secretTags: enter it on the screen or by the admin API`,
    });
  if (problems.length > 0) return { valid: false, problems };
  const { password, new_password: newPassword, version } = stored;
  return {
    valid: true,
    value: {
      ...config,
      hasPassword: password !== null,
      hasNewPassword: newPassword !== null,
      secretsToEnter: toEnter,
      version,
    },
  };
}

/** The columns of a configuration, by its rules; secrets are none of them. */
export function parseConfig(row: Row) {
  const given = Object.keys(lpConfigSchema.shape).map((key) => [key, row[columnOf(key)]]);
  return lpConfigSchema.safeParse(Object.fromEntries(given));
}

/** The columns that hold secrets, as they stand in the row. */
export function storedSecrets(row: Row): StoredSecrets {
  const column = (name: keyof StoredSecrets): Buffer | null => {
    const stored = row[name];
    return Buffer.isBuffer(stored) ? stored : null;
  };
  return { password: column('password'), new_password: column('new_password'), secret_tags: column('secret_tags') };
}

function toLatch(state: z.infer<typeof stateColumns>): KillLatch | null {
  if (state.kill_incident === null) return null;
  return {
    incidentId: state.kill_incident,
    by: state.kill_by ?? 'unknown',
    reason: state.kill_reason ?? '',
    atMs: state.kill_at?.getTime() ?? 0,
  };
}
