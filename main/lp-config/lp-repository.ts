import pg from 'pg';
import { storableJson } from '../base/storable.ts';
import { LP_STATUS_SUBJECT } from '../contracts/events.ts';
import type { LpConfig, LpCredentials, LpDraft } from '../contracts/lp-config.ts';
import type { ConfirmedGone, Desired, KilledRow, KillLatch, LpRecord, StatusChange } from '../contracts/lp-record.ts';
import { fail, ok, type Result } from '../contracts/result.ts';
import { withSecrets } from '../contracts/secret-tags.ts';
import type { Database, Row } from './database-port.ts';
import { columnsOf, keepSecrets, sameOnTheWire, sound } from './lp-columns.ts';
import { checkDraft } from './lp-draft.ts';
import { RECORD_COLUMNS, sameButForCase, storedSecrets, toRecord } from './lp-row.ts';
import { openSecrets, sealSecret } from './row-secrets.ts';
import type { Secrets } from './secrets.ts';
import { isChange, killedLp, toEvent } from './status-event.ts';

const TABLE = '"vfx_LPProviderConfig"';
const UNIQUE_VIOLATION = '23505';

export interface LpRepositoryOptions {
  readonly database: Database;
  readonly secrets: Secrets;
  /** Whether events are for anybody: without a NATS URL none are kept. */
  readonly events: boolean;
  /** Called when an event was committed to the outbox. */
  readonly onEvent?: () => void;
  /** Changes of the table: the watcher's. */
  readonly onChange: (listener: (provider: string | null) => void) => () => void;
}

/** `"vfx_LPProviderConfig"`. Every method rejects with DatabaseAway when the database is away. */
export class LpRepository {
  readonly #database: Database;
  readonly #options: LpRepositoryOptions;

  constructor(options: LpRepositoryOptions) {
    this.#options = options;
    this.#database = options.database;
  }

  async list(): Promise<readonly LpRecord[]> {
    const rows = await this.#database.query(`SELECT ${RECORD_COLUMNS} FROM ${TABLE} ORDER BY "Provider"`);
    return rows.map((row) => toRecord(row, this.#options.secrets));
  }

  async get(provider: string): Promise<LpRecord | null> {
    const [row] = await this.#database.query(`SELECT ${RECORD_COLUMNS} FROM ${TABLE} WHERE "Provider" = $1`, [provider]);
    return row === undefined ? null : toRecord(row, this.#options.secrets);
  }

  /** Null when there is no such LP, or when its row is invalid. */
  async config(provider: string): Promise<LpConfig | null> {
    const record = await this.get(provider);
    return record?.config.valid === true ? record.config.value : null;
  }

  /**
   * The secrets of an LP for the destination that this configuration has, which need not be the row's any more.
   *
   * @throws Error when there is no such LP, or one of them is stored for another destination or with another key; the record says the same
   */
  async credentials(config: LpConfig): Promise<LpCredentials> {
    const { provider, username } = config;
    const [row] = await this.#database.query(`SELECT password, new_password, secret_tags FROM ${TABLE} WHERE "Provider" = $1`, [
      provider,
    ]);
    if (row === undefined) throw new Error(`There is no LP ${provider}`);
    const { password, newPassword, tags, toEnter, otherKey } = openSecrets(this.#options.secrets, config, storedSecrets(row));
    const logonTags = withSecrets(config.session.logonTags, tags);
    if (toEnter.length > 0 || otherKey.length > 0 || typeof logonTags === 'number')
      throw new Error(`${[...toEnter, ...otherKey].join(', ')} of ${provider} must be entered again`);
    return { username, password, newPassword, logonTags };
  }

  /**
   * The LP has accepted a Logon with this NewPassword(925): it becomes the password. Nothing changes when none waits any more, or when another
   * key encrypted what waits; a newer one stays and waits. Repeating it is harmless.
   *
   * @param config that the Logon was made with: the password is good for its destination, whatever the row has become
   */
  async passwordChanged(config: LpConfig, accepted: string): Promise<void> {
    const { provider } = config;
    await this.#database.transaction(async (query) => {
      const [row] = await query(`SELECT password, new_password, secret_tags FROM ${TABLE} WHERE "Provider" = $1 FOR UPDATE`, [
        provider,
      ]);
      if (row === undefined) return;
      const stored = storedSecrets(row);
      const waiting = openSecrets(this.#options.secrets, config, stored).newPassword;
      if (waiting === null) return;
      await query(`UPDATE ${TABLE} SET password = $2, new_password = $3 WHERE "Provider" = $1`, [
        provider,
        sealSecret(this.#options.secrets, config, 'password', accepted),
        waiting === accepted ? null : stored.new_password,
      ]);
    });
  }

  async setDesired(provider: string, desired: Desired): Promise<void> {
    await this.#database.query(`UPDATE ${TABLE} SET desired = $2 WHERE "Provider" = $1`, [provider, desired]);
  }

  /** See vfxlp_kill. @returns the providers that are written: not those whose row is locked just now, or not there */
  async kill(killed: readonly KilledRow[]): Promise<readonly string[]> {
    const rows = await this.#database.query('SELECT vfxlp_kill($1) AS lp', [
      storableJson(killed.map((row) => killedLp(row, this.#options.events))),
    ]);
    if (killed.some(({ change }) => this.#announced(change))) this.#options.onEvent?.();
    return rows.map((row) => String(row['lp']));
  }

  #announced(change: StatusChange | null): boolean {
    return change !== null && this.#options.events && isChange(change);
  }

  /**
   * Latches the LP, unless the latch of this incident was taken off before. One that it replaces needs no re-arming of its own: it counts as taken
   * off.
   */
  async setKillLatch(provider: string, latch: KillLatch): Promise<void> {
    await this.#database.query(
      `UPDATE ${TABLE} SET rearmed_incident = CASE WHEN kill_incident <> $2 THEN rearmed_incident || kill_incident ELSE rearmed_incident END,
           kill_incident = $2, kill_by = $3, kill_reason = $4, kill_at = $5
        WHERE "Provider" = $1 AND $2 <> ALL (rearmed_incident)`,
      [provider, latch.incidentId, latch.by, latch.reason, new Date(latch.atMs)],
    );
  }

  /** Takes off the latch of this incident and no other, and leaves the LP inactive. @returns whether no latch stands now */
  async liftKillLatch(provider: string, incidentId: string): Promise<boolean> {
    const lifted = `kill_incident IS NULL OR kill_incident = $2`;
    const rows = await this.#database.query(
      `UPDATE ${TABLE} SET desired = CASE WHEN ${lifted} THEN 'inactive' ELSE desired END,
           rearmed_incident = array_remove(rearmed_incident, $2) || $2::text,
           kill_by = CASE WHEN ${lifted} THEN NULL ELSE kill_by END, kill_reason = CASE WHEN ${lifted} THEN NULL ELSE kill_reason END,
           kill_at = CASE WHEN ${lifted} THEN NULL ELSE kill_at END, kill_incident = nullif(kill_incident, $2)
        WHERE "Provider" = $1 RETURNING kill_incident`,
      [provider, incidentId],
    );
    return rows.every((row) => row['kill_incident'] === null);
  }

  /**
   * Status and event in one statement. Writing the same change again (same eventId) changes nothing.
   *
   * @param epoch of the ownership in which the change happened; null for a 0 that any console may write
   * @returns false when the LP has had another owner since: nothing is written
   */
  async writeStatus(change: StatusChange, epoch: number | null): Promise<boolean> {
    const announced = this.#announced(change);
    const [row] = await this.#database.query(
      'SELECT vfxlp_write_status($1, $2, $3::smallint, $4, $5, $6, $7, $8, $9, $10) AS written',
      [
        change.provider,
        epoch,
        change.to,
        change.reason === null ? null : storableJson(change.reason),
        new Date(change.atMs),
        change.nextIn,
        change.nextOut,
        change.eventId,
        LP_STATUS_SUBJECT,
        announced ? storableJson(toEvent(change)) : null,
      ],
    );
    const written = row?.['written'] === true;
    if (announced && written) this.#options.onEvent?.();
    return written;
  }

  /**
   * A person says that the silent console which owned the LP is gone: what it owned may be taken.
   *
   * @returns null when no silent console owns the LP
   */
  async confirmGone(provider: string, by: string): Promise<ConfirmedGone | null> {
    const [row] = await this.#database.query('SELECT console, lps FROM vfxlp_confirm_gone($1, $2)', [provider, by]);
    const console = row?.['console'];
    return typeof console === 'string' ? { console, lps: row?.['lps'] as readonly string[] } : null;
  }

  onChange(listener: (provider: string | null) => void): () => void {
    return this.#options.onChange(listener);
  }

  /** Stores a new LP, inactive. Fails (user) with the column at fault, or because the LP exists. */
  async create(draft: LpDraft): Promise<Result<LpConfig>> {
    const checked = checkDraft(draft);
    if (!checked.ok) return checked;
    const [other] = await this.#database.query(
      `SELECT "Provider" FROM ${TABLE} WHERE lower("Provider") = lower($1) AND "Provider" <> $1`,
      [draft.provider],
    );
    if (other !== undefined) return namedBefore(String(other['Provider']));
    const made = columnsOf(this.#options.secrets, checked.value, null);
    if (!made.ok) return made;
    const columns = made.value;
    const names = columns.map(([name]) => name);
    try {
      const [row] = await this.#database.query(
        `INSERT INTO ${TABLE} (${names.join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')}) RETURNING ${RECORD_COLUMNS}`,
        columns.map(([, value]) => value),
      );
      return ok(this.#saved(row));
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || error.code !== UNIQUE_VIOLATION) throw error;
      return fail(
        'user',
        'provider-exists',
        `Provider ${draft.provider} exists already: choose another name or edit it`,
        'Provider',
      );
    }
  }

  /**
   * Changes an LP. Options that the draft leaves out stay as they are, and so do passwords that it leaves out; stored options that break
   * their rules are dropped. Fails (user) with the column at fault, because there is no such LP, or because it is not of version `expected` any more.
   * @returns applies: `next-logon` when something changed that a live session has agreed with its peer or was given at its start
   */
  async save(
    draft: LpDraft,
    expected: number | null = null,
  ): Promise<Result<{ readonly config: LpConfig; readonly applies: 'now' | 'next-logon' }>> {
    return this.#database.transaction(async (query) => {
      const [stored] = await query(`SELECT ${RECORD_COLUMNS} FROM ${TABLE} WHERE "Provider" = $1 FOR UPDATE`, [draft.provider]);
      if (stored === undefined) return fail('user', 'unknown-provider', `There is no LP ${draft.provider}`, 'Provider');
      if (typeof stored['named_before'] === 'string') return namedBefore(stored['named_before']);
      if (expected !== null && stored['version'] !== expected)
        return changedMeanwhile(draft.provider, stored['version'], expected);
      const before = toRecord(stored, this.#options.secrets).config;
      const kept = [
        ...(draft.password === undefined ? ['password'] : []),
        ...(draft.newPassword === undefined ? ['new_password'] : []),
        ...(draft.session?.logonTags?.every(([, value]) => value !== null) === true ? [] : ['session.logonTags']),
      ];
      const lost = before.valid ? undefined : before.problems.find(({ column }) => kept.includes(column));
      if (lost !== undefined) return fail('user', 'config-invalid', `${lost.column} ${lost.rule}`, lost.column);
      const checked = checkDraft({
        username: stored['username'] as string | null,
        ...draft,
        retry: { ...sound('retry', stored), ...draft.retry },
        tunnel: { ...sound('tunnel', stored), ...draft.tunnel },
        session: { ...sound('session', stored), ...draft.session },
      } as LpDraft);
      if (!checked.ok) return checked;
      const made = columnsOf(this.#options.secrets, checked.value, storedSecrets(stored));
      if (!made.ok) return made;
      const columns = made.value;
      const [row] = await query(
        `UPDATE ${TABLE} SET ${columns.map(([name], i) => `${name} = $${i + 2}`).join(', ')} WHERE "Provider" = $1 RETURNING ${RECORD_COLUMNS}`,
        [draft.provider, ...columns.map(([, value]) => value)],
      );
      const config = this.#saved(row);
      const unnoticed = before.valid && keepSecrets(columns) && sameOnTheWire(before.value, config);
      return ok({ config, applies: unnoticed ? 'now' : 'next-logon' });
    });
  }

  /** Removes an LP. Fails (user) when there is no such LP. */
  async remove(provider: string): Promise<Result<null>> {
    const removed = await this.#database.query(`DELETE FROM ${TABLE} WHERE "Provider" = $1 RETURNING 1`, [provider]);
    return removed.length > 0 ? ok(null) : fail('user', 'unknown-provider', `There is no LP ${provider}`, 'Provider');
  }

  /** What was checked and written is valid; anything else is a bug here. */
  #saved(row: Row | undefined): LpConfig {
    const config = row === undefined ? null : toRecord(row, this.#options.secrets).config;
    if (config?.valid === true) return config.value;
    throw new Error(`A draft that obeys the rules was stored as an invalid row: ${JSON.stringify(config)}`);
  }
}

const changedMeanwhile = (provider: string, stored: unknown, expected: number) =>
  fail(
    'user',
    'config-changed',
    `${provider} was changed meanwhile: version ${stored} is stored, this is a change of version ${expected}. Nothing was saved.`,
  );

const namedBefore = (name: string) => fail('user', 'provider-exists', `Provider ${sameButForCase(name)}`, 'Provider');
