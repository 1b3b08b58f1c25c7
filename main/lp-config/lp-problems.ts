import type { z } from 'zod';
import type { ConfigProblem } from '../contracts/lp-config.ts';

/** What a value breaks, by the name that the operator knows: `Port`, `session.schedule.timeZone`, `retry.typo`. */
export function problemsOf(error: z.ZodError, names: Readonly<Record<string, string>> = {}): readonly ConfigProblem[] {
  return error.issues.flatMap((issue) => {
    const [first, ...rest] = issue.path.map(String);
    const path = first === undefined ? [] : [names[first] ?? first, ...rest];
    if (issue.code !== 'unrecognized_keys') return [{ column: path.join('.'), rule: issue.message }];
    return issue.keys.map((key) => ({ column: [...path, key].join('.'), rule: issue.message }));
  });
}
