import { type LpConfig, lpDraftSchema } from '../../main/contracts/lp-config.ts';
import { destinationOf, destinationsFor, ENTER_AGAIN, type SecretName } from '../../main/contracts/secret-destination.ts';
import { draftOf, type FormProblems } from './lp-form.ts';
import type { FormValues } from './lp-form-labels.ts';

/** The secrets that must be typed again, by field: stored for another destination than the one that is typed, and neither typed nor removed. */
export function secretsToType(
  values: FormValues,
  stored: LpConfig,
  removed: { readonly password: boolean; readonly newPassword: boolean },
): FormProblems {
  const parsed = lpDraftSchema.safeParse(draftOf(values, removed.password, removed.newPassword));
  if (!parsed.success) return {};
  const draft = parsed.data;
  // What was lost already is not found again by a change back: only the store knows where it was entered for.
  const elsewhere = !destinationsFor(draft).includes(destinationOf(stored));
  const lost = (name: SecretName): boolean => elsewhere || stored.secretsToEnter.includes(name);
  const problems: [SecretName, boolean][] = [
    ['password', stored.hasPassword && draft.password === undefined],
    ['new_password', stored.hasNewPassword && draft.newPassword === undefined],
    ['session.logonTags', draft.session.logonTags.some(([, value]) => value === null)],
  ];
  return Object.fromEntries(problems.flatMap(([name, kept]) => (kept && lost(name) ? [[name, ENTER_AGAIN]] : [])));
}
