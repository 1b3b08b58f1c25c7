import { columnOf } from '../contracts/lp-config.ts';
import type { Failure } from '../contracts/result.ts';

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

function fieldName([first, ...rest]: readonly PropertyKey[]): string {
  const [key, ...within] = rest.map(String);
  if (first === 'draft' && key !== undefined) return [columnOf(key), ...within].join('.');
  return first === undefined ? '' : [String(first), ...rest.map(String)].join('.');
}
