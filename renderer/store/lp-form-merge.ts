import { FORM_FIELDS } from './lp-form-fields.ts';
import type { FormValues } from './lp-form-labels.ts';

/** A field that somebody else has saved meanwhile. */
export interface Difference {
  readonly path: string;
  readonly label: string;
  readonly mine: string;
  readonly theirs: string;
}

/** What a newer configuration has changed since the form was opened (`base`), and the form has otherwise. Passwords are write-only, and not compared. */
export function differencesOf(base: FormValues, mine: FormValues, theirs: FormValues): readonly Difference[] {
  return FORM_FIELDS.flatMap(({ path, label }) => {
    const [was, here, there] = [base[path] ?? '', mine[path] ?? '', theirs[path] ?? ''];
    return there === was || there === here ? [] : [{ path, label, mine: here, theirs: there }];
  });
}

/** The form with what the other has changed and this one has not; what both have changed stays, to be chosen. */
export function mergedValues(base: FormValues, mine: FormValues, theirs: FormValues): FormValues {
  return Object.fromEntries(
    Object.entries(mine).map(([path, value]) => [path, value === (base[path] ?? '') ? (theirs[path] ?? '') : value]),
  );
}
