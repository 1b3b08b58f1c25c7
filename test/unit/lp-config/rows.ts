import type { LpDraft } from '../../../main/contracts/lp-config.ts';
import { toRecord } from '../../../main/lp-config/lp-row.ts';
import { createSecrets } from '../../../main/lp-config/secrets.ts';

export const secrets = createSecrets(Buffer.alloc(32, 7));

/** A sound row of the table, changed. */
export const row = (change: Record<string, unknown> = {}) => ({
  Provider: 'LP-A',
  Host: 'fix.lp-a.example',
  Port: 9_876,
  SenderCompID: 'DESK',
  TargetCompID: 'LPA',
  HeartBtInt: 30,
  SSL: false,
  status: 0,
  desired: 'inactive',
  kill_incident: null,
  kill_by: null,
  kill_reason: null,
  kill_at: null,
  rearmed_incident: [],
  username: null,
  password: null,
  new_password: null,
  secret_tags: null,
  retry: {},
  tunnel: {},
  session: {},
  status_reason: null,
  status_at: null,
  version: 1,
  row_id: '0d1c9d5e-3f6e-4a64-9a51-0a1f2b3c4d5e',
  owner: null,
  silent_owner: null,
  named_before: null,
  ...change,
});

/** The same LP as a draft. */
export const draft = (change: Partial<LpDraft> = {}): LpDraft => ({
  provider: 'LP-A',
  host: 'fix.lp-a.example',
  port: 9_876,
  senderCompId: 'DESK',
  targetCompId: 'LPA',
  heartBtInt: 30,
  ssl: false,
  ...change,
});

/** What is wrong with a row: `column: rule`. */
export function problems(change: Record<string, unknown>): readonly string[] {
  const { config } = toRecord(row(change), secrets);
  return config.valid ? [] : config.problems.map(({ column, rule }) => `${column}: ${rule}`);
}
