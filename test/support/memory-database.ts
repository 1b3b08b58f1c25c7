import {
  type ConfigProblem,
  DEFAULT_RETRY,
  DEFAULT_SESSION,
  DEFAULT_TUNNEL,
  type LpConfig,
  type LpCredentials,
} from '../../main/contracts/lp-config.ts';
import type { KillLatch, LpRecord, LpStatus, StatusChange } from '../../main/contracts/lp-record.ts';
import type { LpStore, Ownership, OwnershipLoss } from '../../main/sessions/ports.ts';

export const configOf = (provider: string, changes: Partial<LpConfig> = {}): LpConfig => ({
  provider,
  host: '192.0.2.10',
  port: 9_001,
  senderCompId: 'VFXLP',
  targetCompId: provider,
  heartBtInt: 30,
  ssl: false,
  retry: DEFAULT_RETRY,
  tunnel: DEFAULT_TUNNEL,
  session: DEFAULT_SESSION,
  username: null,
  hasPassword: false,
  hasNewPassword: false,
  secretsToEnter: [],
  version: 1,
  ...changes,
});

/** What two consoles on one database share, without the database: rows, notices, locks. Anything asked while it is `away` rejects. */
export class MemoryDatabase {
  readonly changes: StatusChange[] = [];
  readonly credentials = new Map<string, LpCredentials>();
  failPasswordChanges = false;
  readonly journal: (what: string) => void;
  readonly #rows = new Map<string, LpRecord>();
  readonly #listeners = new Set<(provider: string | null) => void>();
  readonly #lostListeners = new Map<string, Set<(loss: OwnershipLoss) => void>>();
  #held: (() => void)[] | null = null;
  #holds: 'rows' | 'credentials' = 'rows';
  readonly #epochs = new Map<string, string[]>();
  #away = false;

  constructor(journal: (what: string) => void = () => undefined) {
    this.journal = journal;
  }

  get away(): boolean {
    return this.#away;
  }

  /** The database goes: nothing answers, and whoever owned something cannot prove it any more. */
  goAway(): void {
    this.#away = true;
    this.loseOwnership();
  }

  comeBack(): void {
    this.#away = false;
    this.notify(null);
  }

  /** The connections that hold the locks break; the locks go, the leases stay in the rows until `leasesEnd`. */
  loseOwnership(host?: string, loss: OwnershipLoss = { rivals: false, leaseLeftMs: 6_000 }): void {
    for (const [owner, listeners] of this.#lostListeners) {
      if (host === undefined || host === owner) for (const listener of listeners) listener(loss);
    }
  }

  leasesEnd(): void {
    for (const [provider, row] of this.#rows) this.#rows.set(provider, { ...row, owner: null });
  }

  /** Somebody else writes the row. */
  put(provider: string, changes: Partial<Omit<LpRecord, 'provider'>> = {}): void {
    const before = this.#rows.get(provider) ?? {
      provider,
      rowId: `row of ${provider}`,
      config: { valid: true, value: configOf(provider) },
      desired: 'active',
      killed: null,
      rearmed: [],
      status: 0,
      statusReason: null,
      statusAtMs: null,
      owner: null,
      silentOwner: null,
    };
    this.#rows.set(provider, { ...before, ...changes });
    this.notify(provider);
  }

  configure(provider: string, changes: Partial<LpConfig>): void {
    const { config } = this.row(provider);
    const value = config.valid ? config.value : configOf(provider);
    this.put(provider, { config: { valid: true, value: { ...value, version: value.version + 1, ...changes } } });
  }

  spoil(provider: string, ...problems: ConfigProblem[]): void {
    this.put(provider, { config: { valid: false, problems } });
  }

  remove(provider: string): void {
    this.#rows.delete(provider);
    this.notify(provider);
  }

  row(provider: string): LpRecord {
    const row = this.#rows.get(provider);
    if (row === undefined) throw new Error(`there is no row ${provider}`);
    return row;
  }

  /** The statuses written for an LP, in order. */
  statuses(provider: string): LpStatus[] {
    return this.changes.filter((change) => change.provider === provider).map(({ to }) => to);
  }

  notify(provider: string | null): void {
    for (const listener of this.#listeners) queueMicrotask(() => listener(provider));
  }

  /** From now on what is read is what stood there when it was asked for, and arrives when `letReadsGo` is called. */
  holdReads(which: 'rows' | 'credentials' = 'rows'): void {
    this.#held = [];
    this.#holds = which;
  }

  /** Reads that are held back. */
  get heldReads(): number {
    return this.#held?.length ?? 0;
  }

  letReadsGo(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const go of held) go();
  }

  store(): LpStore {
    const store: LpStore = {
      list: () => this.#read(() => [...this.#rows.values()]),
      get: (provider) => this.#read(() => this.#rows.get(provider) ?? null),
      credentials: ({ provider }) =>
        this.#read(
          () => this.credentials.get(provider) ?? { username: null, password: null, newPassword: null, logonTags: [] },
          'credentials',
        ),
      passwordChanged: async ({ provider }, accepted) => {
        if (this.failPasswordChanges)
          throw Object.assign(new Error('the database does not take the password'), { code: '57014' });
        await this.#write(provider, 'password changed', () => ({}));
        const stored = this.credentials.get(provider);
        if (stored === undefined || stored.newPassword === null) return;
        const newPassword = stored.newPassword === accepted ? null : stored.newPassword;
        this.credentials.set(provider, { ...stored, password: accepted, newPassword });
        this.configure(provider, { hasPassword: true, hasNewPassword: newPassword !== null });
      },
      kill: async (rows) => {
        this.#mustAnswer();
        const there = rows.filter(({ provider }) => this.#rows.has(provider));
        for (const { provider, latch, change } of there) {
          if (change !== null) await store.writeStatus(change, null);
          await store.setKillLatch(provider, latch);
          await store.setDesired(provider, 'inactive');
        }
        return there.map(({ provider }) => provider);
      },
      confirmGone: async (provider) => {
        this.#mustAnswer();
        const silent = this.#rows.get(provider)?.silentOwner ?? null;
        if (silent === null) return null;
        const lps = [...this.#rows.values()].filter((row) => row.silentOwner?.name === silent.name).map((row) => row.provider);
        for (const lp of lps) this.put(lp, { owner: null, silentOwner: null });
        return { console: silent.name, lps };
      },
      setDesired: (provider, desired) => this.#write(provider, `desired ${desired}`, () => ({ desired })),
      setKillLatch: (provider, latch) => this.#write(provider, 'latch', (row) => latched(row, latch)),
      liftKillLatch: async (provider, incidentId) => {
        await this.#write(provider, 'unlatch', (row) => ({
          rearmed: [...row.rearmed, incidentId],
          ...(row.killed === null || row.killed.incidentId === incidentId ? { killed: null, desired: 'inactive' } : {}),
        }));
        return (this.#rows.get(provider)?.killed ?? null) === null;
      },
      writeStatus: async (change, epoch) => {
        this.#mustAnswer();
        const owner = this.#rows.get(change.provider)?.owner ?? null;
        if (epoch === null ? change.to !== 0 : owner === null || epoch !== this.#epoch(change.provider)) return false;
        await this.#write(change.provider, `status ${change.to}`, () => ({
          status: change.to,
          statusReason: change.reason,
          statusAtMs: change.atMs,
        }));
        if (!this.changes.some(({ eventId }) => eventId === change.eventId)) this.changes.push(change);
        return true;
      },
      onChange: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
    return store;
  }

  /** @param host the console's name */
  ownership(host: string): Ownership {
    const listeners = new Set<(loss: OwnershipLoss) => void>();
    this.#lostListeners.set(host, listeners);
    return {
      acquire: async (provider) => {
        this.#mustAnswer();
        const row = this.#rows.get(provider);
        if (row === undefined || (row.owner !== null && row.owner !== host)) return null;
        if (row.owner === null) this.put(provider, { owner: host });
        return this.#epoch(provider);
      },
      release: async (provider) => {
        this.#mustAnswer();
        if (this.#rows.get(provider)?.owner !== host) return;
        this.journal(`released by ${host}`);
        this.put(provider, { owner: null });
      },
      ownedUntilMs: () => null,
      onLost: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      onLease: () => () => undefined,
      onFree: () => () => undefined,
    };
  }

  /** Another owner is another epoch. */
  #epoch(provider: string): number {
    const owner = this.#rows.get(provider)?.owner ?? null;
    const epochs = this.#epochs.get(provider) ?? [];
    if (owner !== null && owner !== epochs.at(-1)) epochs.push(owner);
    this.#epochs.set(provider, epochs);
    return epochs.length;
  }

  #mustAnswer(): void {
    if (this.#away) throw Object.assign(new Error('the database is away'), { code: '08006' });
  }

  async #read<T>(what: () => T, kind: 'rows' | 'credentials' = 'rows'): Promise<T> {
    this.#mustAnswer();
    const found = what();
    const held = this.#held;
    if (held !== null && this.#holds === kind) await new Promise<void>((resolve) => held.push(resolve));
    return found;
  }

  async #write(provider: string, what: string, change: (row: LpRecord) => Partial<LpRecord>): Promise<void> {
    this.#mustAnswer();
    const row = this.#rows.get(provider);
    this.journal(`database ${provider}: ${what}`);
    if (row === undefined) return;
    const changed = { ...row, ...change(row) };
    this.#rows.set(provider, changed);
    // As the triggers of the real table: status is the consoles' own writing and gives no notice.
    if (changed.desired !== row.desired || changed.killed !== row.killed) this.notify(provider);
  }
}

function latched(row: LpRecord, latch: KillLatch): Partial<LpRecord> {
  if (row.rearmed.includes(latch.incidentId)) return {};
  const replaced = row.killed !== null && row.killed.incidentId !== latch.incidentId ? [row.killed.incidentId] : [];
  return { killed: latch, rearmed: [...row.rearmed, ...replaced] };
}
