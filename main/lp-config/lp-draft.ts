import { z } from 'zod';
import type { LpDraft } from '../contracts/lp-config.ts';
import { DEFAULT_RETRY, DEFAULT_TUNNEL } from '../contracts/lp-config.ts';
import { fail, ok, type Result } from '../contracts/result.ts';
import { problemsOf } from './lp-problems.ts';
import { combinedProblems, withDefaults } from './lp-row.ts';
import {
  compIdRule,
  heartBtIntRule,
  hostRule,
  passwordRule,
  portRule,
  providerRule,
  retryRule,
  sessionRule,
  sslRule,
  tunnelRule,
  usernameRule,
} from './lp-rules.ts';

/** The operator knows fields by their columns. */
const COLUMN_OF = {
  provider: 'Provider',
  host: 'Host',
  port: 'Port',
  senderCompId: 'SenderCompID',
  targetCompId: 'TargetCompID',
  heartBtInt: 'HeartBtInt',
  ssl: 'SSL',
  newPassword: 'new_password',
};

const draftSchema = z.strictObject(
  {
    provider: providerRule,
    host: hostRule,
    port: portRule,
    senderCompId: compIdRule,
    targetCompId: compIdRule,
    heartBtInt: heartBtIntRule,
    ssl: sslRule,
    retry: retryRule.optional(),
    tunnel: tunnelRule.optional(),
    session: sessionRule.optional(),
    username: usernameRule.optional(),
    password: passwordRule.optional(),
    newPassword: passwordRule.optional(),
  } satisfies Record<keyof LpDraft, z.ZodType>,
  { error: (issue) => (issue.code === 'unrecognized_keys' ? 'is not a field of a configuration' : 'must be an object') },
);

export type ValidDraft = z.infer<typeof draftSchema>;

/**
 * Checks a draft against the rules of the table.
 * @returns the draft, its defaults not filled in; or a failure of kind user: the first problem's column as field, all problems in the message
 */
export function checkDraft(draft: LpDraft): Result<ValidDraft> {
  const parsed = draftSchema.safeParse(draft);
  const problems = parsed.success
    ? combinedProblems({
        ssl: parsed.data.ssl,
        retry: withDefaults(DEFAULT_RETRY, parsed.data.retry ?? {}),
        tunnel: withDefaults(DEFAULT_TUNNEL, parsed.data.tunnel ?? {}),
      })
    : problemsOf(parsed.error, COLUMN_OF);
  if (parsed.success && problems.length === 0) return ok(parsed.data);
  const message = problems.map(({ column, rule }) => `${column} ${rule}`).join('; ');
  return fail('user', 'config-invalid', message, problems[0]?.column);
}
