import { rangeSentence } from '../../main/contracts/config-rules.ts';
import {
  type ConfigProblem,
  DEFAULT_RETRY,
  DEFAULT_SESSION,
  DEFAULT_TUNNEL,
  type LpConfig,
  type LpDraft,
  lpDraftSchema,
  problemsOf as schemaProblems,
} from '../../main/contracts/lp-config.ts';
import { type FieldSpec, FORM_FIELDS } from './lp-form-fields.ts';
import { shownRange, valueAt } from './lp-form-input.ts';
import { type FormValues, LABELS } from './lp-form-labels.ts';
import { linesOf } from './lp-form-lines.ts';

/** What is wrong, by field. */
export type FormProblems = Readonly<Record<string, string>>;

const NEW_LP = { retry: DEFAULT_RETRY, tunnel: DEFAULT_TUNNEL, session: DEFAULT_SESSION };

/** The form of a stored configuration, or of a new LP (null). No password: it is write-only. */
export function formOf(config: LpConfig | null): FormValues {
  return Object.fromEntries(
    FORM_FIELDS.map(({ path, keys, initial, show }) => {
      const value = valueAt(config ?? NEW_LP, keys);
      return [path, value === undefined ? (initial ?? '') : show(value)];
    }),
  );
}

/** Every rule that is broken by what is typed; what is not shown is not checked. */
export function problemsOf(values: FormValues): FormProblems {
  const parsed = lpDraftSchema.safeParse(draftOf(values, false));
  const problems: Record<string, string> = {};
  for (const problem of parsed.success ? [] : schemaProblems(parsed.error)) {
    const field = nearest(problem.column);
    if (field?.isShown(values) === true) problems[field.path] ??= inWords(problem, field, values[field.path] ?? '');
  }
  return problems;
}

/** A problem as the form says it: of what was typed, by the labels, in the units of the form. */
function inWords({ column, rule }: ConfigProblem, field: FieldSpec, typed: string): string {
  if (typed.trim() === '' && !field.nullable) return 'must be given';
  const [index, part] = column === field.path ? [] : column.slice(field.path.length + 1).split('.');
  if (field.lines !== undefined && index !== undefined) {
    return `${linesOf(typed)[Number(index)]}: ${part === undefined ? `must be ${field.lines.format}` : rule}`;
  }
  if (field.range !== null && rule === rangeSentence(field.range)) return rangeSentence(shownRange(field.range));
  return rule
    .replace(/\b(retry|tunnel|session)(\.\w+)+/g, (path) => valueAt(LABELS, [path, 'label'])?.toString() ?? path)
    .replace(/\bnull\b/g, 'empty');
}

/** The form's field for a Failure's field: the same, or the nearest above it (`session.backupHosts.0.host`). Null: none. */
export const fieldOf = (failureField: string | undefined): string | null => nearest(failureField ?? '')?.path ?? null;

function nearest(column: string): FieldSpec | undefined {
  if (column === '') return undefined;
  const above = column.slice(0, Math.max(0, column.lastIndexOf('.')));
  return FORM_FIELDS.find((field) => field.path === column) ?? nearest(above);
}

/**
 * The draft of what is typed. `removePassword`, `removeNewPassword`: null is sent, which removes the stored one; else an empty one is left
 * out, which keeps it.
 */
export function draftOf(values: FormValues, removePassword: boolean, removeNewPassword = false): LpDraft {
  const draft: Tree = { retry: {}, tunnel: {}, session: {} };
  for (const field of FORM_FIELDS) put(draft, field.keys, typedValue(field, values));
  if (removePassword) draft['password'] = null;
  if (removeNewPassword) draft['newPassword'] = null;
  // Of the draft's shape, because every field reads what its rule takes; whether it obeys the rules is for problemsOf and the store.
  return draft as unknown as LpDraft;
}

type Tree = { [key: string]: unknown };

/** Undefined is left out, and so is everything under a null. */
function put(tree: Tree, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (value === undefined) return;
  if (rest.length === 0) {
    tree[key] = value;
    return;
  }
  const branch = tree[key] as Tree | null;
  if (branch !== null) put(branch, rest, value);
}

function typedValue(field: FieldSpec, values: FormValues): unknown {
  const value = field.read(values[field.path] ?? '');
  if (field.isShown(values)) return value;
  // Nobody sees it: of a schedule it does not apply, and elsewhere a mistake in it is no reason to refuse the rest.
  if (field.path.startsWith('session.schedule.') && field.nullable) return null;
  return field.accepts(value) ? value : undefined;
}
