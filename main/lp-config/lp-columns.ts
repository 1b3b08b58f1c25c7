import type { z } from 'zod';
import { storableJson } from '../base/storable.ts';
import { type Fixed, type LpConfig, type LpDraft, lpDraftSchema } from '../contracts/lp-config.ts';
import { fail, ok, type Result } from '../contracts/result.ts';
import type { Row } from './database-port.ts';
import { openSecrets, type StoredSecrets, sealSecret, sealTags } from './row-secrets.ts';
import type { SecretColumn, Secrets } from './secrets.ts';

/** Name and value. */
type Column = readonly [string, unknown];

const SECRET_COLUMNS: readonly string[] = ['password', 'new_password', 'secret_tags'] satisfies SecretColumn[];

/**
 * A draft that obeys the rules, as columns. Fails (user) when a secret is not there.
 *
 * @param stored secrets of the row that there is; what the draft leaves out stays as it is, for the destination that it was entered for
 */
export function columnsOf(secrets: Secrets, draft: LpDraft, stored: StoredSecrets | null): Result<readonly Column[]> {
  const { provider, username, password, newPassword } = draft;
  const full = lpDraftSchema.parse(draft) as Fixed<z.output<typeof lpDraftSchema>>;
  const before = stored === null ? null : openSecrets(secrets, full, stored);
  const tags = sealTags(secrets, full, before);
  if (!tags.ok) {
    const message = `session.logonTags must have the value of ${tags.missing}: none is stored for this Host, Port, SSL and list of backup hosts`;
    return fail('user', 'config-invalid', message, 'session.logonTags');
  }
  const secret = (column: SecretColumn, plain: string | null | undefined): readonly (readonly [string, Buffer | null])[] =>
    plain === undefined ? [] : [[column, plain === null ? null : sealSecret(secrets, full, column, plain)]];
  return ok([
    ['"Provider"', provider],
    ['"Host"', draft.host],
    ['"Port"', draft.port],
    ['"SenderCompID"', draft.senderCompId],
    ['"TargetCompID"', draft.targetCompId],
    ['"HeartBtInt"', draft.heartBtInt],
    ['"SSL"', draft.ssl],
    ['retry', storableJson(draft.retry ?? {})],
    ['tunnel', storableJson(draft.tunnel ?? {})],
    [
      'session',
      storableJson({ ...draft.session, ...(draft.session?.logonTags === undefined ? {} : { logonTags: tags.logonTags }) }),
    ],
    ...(username === undefined ? [] : ([['username', username]] as const)),
    ...secret('password', password),
    ...secret('new_password', newPassword),
    ...(tags.sealed === undefined || (tags.sealed === null && stored?.secret_tags == null)
      ? []
      : ([['secret_tags', tags.sealed]] as const)),
  ]);
}

/** Whether they leave the stored secrets as they are. */
export const keepSecrets = (columns: readonly Column[]): boolean => !columns.some(([name]) => SECRET_COLUMNS.includes(name));

/** The stored options of a group, as they are stored: defaults are not filled in. None when one of them breaks its rule. */
export function sound(group: 'retry' | 'tunnel' | 'session', stored: Row): object {
  return lpDraftSchema.shape[group].safeParse(stored[group]).success ? (stored[group] as object) : {};
}

/** Whether a live session need not notice the change: the retry policy and what is only shown. */
export function sameOnTheWire(a: LpConfig, b: LpConfig): boolean {
  const relevant = (config: LpConfig) =>
    JSON.stringify({ ...config, version: 0, retry: null, session: { ...config.session, cancelsOnDisconnect: null } });
  return relevant(a) === relevant(b);
}
