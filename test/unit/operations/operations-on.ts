import type { Actor, AuditEntry, AuditRow } from '../../../main/contracts/audit.ts';
import {
  DEFAULT_RETRY,
  DEFAULT_SESSION,
  DEFAULT_TUNNEL,
  type LpConfig,
  type LpDraft,
} from '../../../main/contracts/lp-config.ts';
import type { LpView } from '../../../main/contracts/lp-view.ts';
import { fail, ok } from '../../../main/contracts/result.ts';
import { type StoredIncident, summaryOf } from '../../../main/contracts/stored-incident.ts';
import type { AuditLog, ConfigRepository, IncidentLog, Log } from '../../../main/operations/ports.ts';
import { startOperations } from '../../../main/operations/start-operations.ts';
import { ManualClock } from './manual-clock.ts';
import { RecordedControl } from './recorded-control.ts';

export const actor: Actor = { name: 'desk-1', role: 'admin', claimed: null, source: 'desktop', from: 'console-a' };

export const draft: LpDraft = {
  provider: 'LP-A',
  host: 'fix.example',
  port: 9_876,
  senderCompId: 'DESK',
  targetCompId: 'LPA',
  heartBtInt: 30,
  ssl: false,
};

export const databaseAway = () => Object.assign(new Error('PostgreSQL cannot be reached'), { code: '08006' });

/** Rows in memory; `down` makes it reject as the real one does while the database is away. */
export class MemoryAudit implements AuditLog {
  readonly rows: AuditRow[] = [];
  down = false;
  /** Set: writes neither resolve nor reject. */
  hangs = false;

  async write(entry: AuditEntry): Promise<void> {
    if (this.hangs) await new Promise(() => undefined);
    if (this.down) throw databaseAway();
    this.rows.push({ ...entry, id: this.rows.length + 1 });
  }

  readonly released: AuditEntry[] = [];

  release(entry: AuditEntry): void {
    this.released.push(entry);
  }

  async list(provider: string | null, limit: number): Promise<readonly AuditRow[]> {
    if (this.down) throw databaseAway();
    return this.rows
      .filter((row) => provider === null || row.provider === provider)
      .toReversed()
      .slice(0, limit);
  }
}

class MemoryConfigs implements ConfigRepository {
  readonly stored = new Map<string, LpConfig>();
  applies: 'now' | 'next-logon' = 'next-logon';
  down = false;

  async config(provider: string) {
    if (this.down) throw databaseAway();
    return this.stored.get(provider) ?? null;
  }
  async create(asked: LpDraft) {
    if (this.down) throw databaseAway();
    if (this.stored.has(asked.provider)) return fail('user', 'provider-exists', 'It exists.', 'Provider');
    return ok(this.#store(asked, 1));
  }
  async save(asked: LpDraft) {
    if (this.down) throw databaseAway();
    const before = this.stored.get(asked.provider);
    if (before === undefined) return fail('user', 'unknown-provider', 'There is none.', 'Provider');
    return ok({ config: this.#store(asked, before.version + 1), applies: this.applies });
  }
  async remove(provider: string) {
    if (this.down) throw databaseAway();
    return this.stored.delete(provider) ? ok(null) : fail('user', 'unknown-provider', 'There is none.', 'Provider');
  }
  #store({ password, newPassword, retry, tunnel, session, username, ...columns }: LpDraft, version: number): LpConfig {
    const config: LpConfig = {
      ...columns,
      retry: { ...DEFAULT_RETRY, ...retry },
      tunnel: { ...DEFAULT_TUNNEL, ...tunnel },
      session: { ...DEFAULT_SESSION, ...session },
      username: username ?? null,
      hasPassword: typeof password === 'string',
      hasNewPassword: typeof newPassword === 'string',
      secretsToEnter: [],
      version,
    };
    this.stored.set(columns.provider, config);
    return config;
  }
}

export class MemoryLog implements Log {
  readonly lines: { readonly level: 'warn' | 'error'; readonly details: object; readonly message: string }[] = [];
  warn = (details: object, message: string) => this.#add('warn', details, message);
  error = (details: object, message: string) => this.#add('error', details, message);
  #add(level: 'warn' | 'error', details: object, message: string): void {
    this.lines.push({ level, details, message });
  }
}

class MemoryIncidents implements IncidentLog {
  readonly saved: StoredIncident[] = [];
  save(stored: StoredIncident): void {
    this.saved.push(stored);
  }
  async list(limit: number) {
    return { complete: true, incidents: this.saved.map(summaryOf).slice(0, limit) };
  }
  async get(id: string) {
    return this.saved.filter(({ incident }) => incident.id === id).slice(-1);
  }
}

/** The operations on parts in memory. */
export function operationsOn(...views: LpView[]) {
  const control = new RecordedControl(...views);
  const audit = new MemoryAudit();
  const configs = new MemoryConfigs();
  const clock = new ManualClock();
  const log = new MemoryLog();
  const incidents = new MemoryIncidents();
  const operations = startOperations({
    control,
    configs,
    auditLog: audit,
    refused: [],
    incidents,
    console: 'console-a',
    clock,
    log,
  });
  return { control, audit, configs, incidents, clock, log, operations, deps: operations.deps };
}
