import type { LpDraft } from '../contracts/lp-config.ts';
import type { Failure } from '../contracts/result.ts';

/** Columns as the operator knows them, where they differ from the draft's keys. */
const COLUMNS: Readonly<Record<string, string>> = {
  provider: 'Provider',
  host: 'Host',
  port: 'Port',
  senderCompId: 'SenderCompID',
  targetCompId: 'TargetCompID',
  heartBtInt: 'HeartBtInt',
  ssl: 'SSL',
  newPassword: 'new_password',
} satisfies Partial<Record<keyof LpDraft, string>>;

/** What a schema has found first. */
export interface ArgumentIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Keys that are not known at `path`. */
  readonly unknownKeys: readonly string[];
}

/** The failure that answers arguments of the wrong shape: names the argument, a draft's by its column. The value is not quoted: it may be a password. */
export function badArguments({ path, message, unknownKeys }: ArgumentIssue): Failure {
  const [unknownKey] = unknownKeys;
  const field = fieldName(unknownKey === undefined ? path : [...path, unknownKey]);
  const said = unknownKey === undefined ? message : 'there is no such field';
  const failure = { kind: 'user', code: 'bad-arguments', message: `${field === '' ? 'Arguments' : field}: ${said}` } as const;
  return field === '' ? failure : { ...failure, field };
}

function fieldName(path: readonly PropertyKey[]): string {
  const inDraft = path[0] === 'draft' && path.length > 1;
  const name = (inDraft ? path.slice(1) : path).map(String).join('.');
  return inDraft ? (COLUMNS[name] ?? name) : name;
}
