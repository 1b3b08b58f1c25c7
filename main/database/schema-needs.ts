/** What the console reads and writes, so that a database which lacks some of it is seen to before a statement fails. */
interface TableNeeds {
  /** As in SQL. */
  readonly table: string;
  readonly columns: string;
  readonly rights: string;
}

const TABLES: readonly TableNeeds[] = [
  {
    table: '"vfx_LPProviderConfig"',
    columns: `Provider Host Port SenderCompID TargetCompID HeartBtInt SSL status desired kill_incident kill_by kill_reason kill_at
      rearmed_incident username password new_password secret_tags retry tunnel session status_reason status_at next_in next_out version row_id made_at`,
    rights: 'SELECT INSERT UPDATE DELETE',
  },
  {
    table: 'vfxlp_audit',
    columns: 'id entry_id at actor source from operation provider reason result detail',
    rights: 'SELECT INSERT',
  },
  {
    table: 'vfxlp_outbox',
    columns: 'id event_id provider subject payload created_at refused refused_at',
    rights: 'SELECT INSERT UPDATE DELETE',
  },
  {
    table: 'vfxlp_consoles',
    columns: 'console_id name host folder machine pid started lease_until alone asks gone_by',
    rights: 'SELECT INSERT UPDATE DELETE',
  },
  { table: 'vfxlp_ownership', columns: 'provider console_id epoch', rights: 'SELECT INSERT UPDATE' },
  {
    table: 'vfxlp_incidents',
    columns: 'incident_id console started_at summary record',
    rights: 'SELECT INSERT UPDATE',
  },
  { table: 'vfxlp_heartbeat', columns: 'console at', rights: 'SELECT INSERT UPDATE DELETE' },
  { table: 'vfx_routable_lps', columns: 'Provider status_at owner owner_lease_until', rights: 'SELECT' },
];

const TRIGGERS = [
  ['"vfx_LPProviderConfig"', 'vfxlp_count_version'],
  ['"vfx_LPProviderConfig"', 'vfxlp_tell_change'],
  ['"vfx_LPProviderConfig"', 'vfxlp_tell_truncate'],
  ['vfxlp_ownership', 'vfxlp_tell_owner'],
] as const;

const FUNCTIONS = [
  'vfxlp_take',
  'vfxlp_confirm_gone',
  'vfxlp_kill',
  'vfxlp_write_status',
  'vfxlp_notify_config',
  'vfxlp_config_of',
];

interface Need {
  readonly kind: 'table' | 'column' | 'right' | 'trigger' | 'function';
  readonly name: string;
  readonly part: string;
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const NEEDS: readonly Need[] = [
  ...TABLES.flatMap(({ table, columns, rights }): Need[] => [
    { kind: 'table', name: table, part: '' },
    ...words(columns).map((part): Need => ({ kind: 'column', name: table, part })),
    ...words(rights).map((part): Need => ({ kind: 'right', name: table, part })),
  ]),
  ...TRIGGERS.map(([name, part]): Need => ({ kind: 'trigger', name, part })),
  ...FUNCTIONS.map((name): Need => ({ kind: 'function', name, part: '' })),
];

/** Answers what is missing; of a table that is not there, the table alone. A lock that somebody holds does not keep it from answering. */
const MISSING = `
  SELECT kind, name, part FROM json_to_recordset($1) AS need(kind text, name text, part text)
   WHERE CASE kind
     WHEN 'table' THEN to_regclass(name) IS NULL
     WHEN 'column' THEN to_regclass(name) IS NOT NULL AND NOT EXISTS
       (SELECT FROM pg_attribute WHERE attrelid = to_regclass(name) AND attname = part AND attnum > 0 AND NOT attisdropped)
     WHEN 'right' THEN NOT has_table_privilege(to_regclass(name), part)
     WHEN 'trigger' THEN to_regclass(name) IS NOT NULL AND NOT EXISTS
       (SELECT FROM pg_trigger WHERE tgrelid = to_regclass(name) AND tgname = part AND tgenabled IN ('O', 'A'))
     ELSE to_regproc(name) IS NULL
   END`;

const MAX_NAMED = 4;

/** @returns what the schema lacks, in words; null when it lacks nothing. Rejects as `query` does */
export async function schemaGap(
  query: (text: string, values: readonly unknown[]) => Promise<readonly Record<string, unknown>[]>,
): Promise<string | null> {
  const rows = await query(MISSING, [JSON.stringify(NEEDS)]);
  if (rows.length === 0) return null;
  const named = rows.slice(0, MAX_NAMED).map(({ kind, name, part }) => describe({ kind, name, part } as Need));
  return `${named.join(', ')}${rows.length > MAX_NAMED ? ` and ${rows.length - MAX_NAMED} more` : ''}`;
}

function describe({ kind, name, part }: Need): string {
  switch (kind) {
    case 'table':
      return `table ${name}`;
    case 'column':
      return `column ${part} of ${name}`;
    case 'right':
      return `the right to ${part} on ${name}`;
    case 'trigger':
      return `trigger ${part} on ${name}`;
    case 'function':
      return `function ${name}`;
    default:
      return kind satisfies never;
  }
}
