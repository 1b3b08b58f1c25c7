import { type LpDraft, lpDraftSchema, problemsOf } from '../contracts/lp-config.ts';
import { fail, ok, type Result } from '../contracts/result.ts';

/**
 * Checks a draft against the rules of the table.
 * @returns the draft as it is, defaults not filled in; or a failure of kind user: the first problem's column as field, all problems in the message
 */
export function checkDraft(draft: LpDraft): Result<LpDraft> {
  const parsed = lpDraftSchema.safeParse(draft);
  if (parsed.success) return ok(draft);
  const problems = problemsOf(parsed.error);
  const message = problems.map(({ column, rule }) => `${column} ${rule}`).join('; ');
  return fail('user', 'config-invalid', message, problems[0]?.column);
}
