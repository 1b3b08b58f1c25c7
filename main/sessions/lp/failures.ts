import type { DisconnectReason } from '../../contracts/disconnect-reason.ts';
import type { KillLatch, LpRecord } from '../../contracts/lp-record.ts';
import type { LpView } from '../../contracts/lp-view.ts';
import { fail, type Result } from '../../contracts/result.ts';

export const unknownProvider = (provider: string): Result<never> =>
  fail('user', 'unknown-provider', `There is no LP named ${provider}.`, 'provider');

export const databaseAway = (consequence: string): Result<never> =>
  fail('operational', 'database-away', `The database does not answer; ${consequence}. Try again when it is back.`);

export const killedAgain = (provider: string): Result<null> =>
  fail('user', 'killed-again', `${provider} was killed again meanwhile, and stays killed.`);

export const stillKilled = (provider: string): Result<never> =>
  fail('user', 'killed', `${provider} is killed. Re-arm it first: that asks for a reason and the provider typed out.`);

export const notActive = (provider: string): Result<never> =>
  fail('user', 'not-active', `${provider} is not active here; activate it instead.`);

/** Engine or tunnel are still there, and nothing may be started beside them. */
export function notEnded({ provider, enginePid, tunnelPid }: LpView): Result<never> {
  const processes = [enginePid === null ? [] : `engine ${enginePid}`, tunnelPid === null ? [] : `stunnel ${tunnelPid}`].flat();
  const what = processes.length === 0 ? 'its process' : processes.join(' and ');
  return fail('operational', 'not-ended', `${provider}: ${what} does not end, even by SIGKILL. End it by hand.`);
}

/** @param owner the console that owns it, null when none does */
export const nobodySilent = (provider: string, owner: string | null): Result<never> =>
  fail(
    'user',
    'nobody-silent',
    owner === null
      ? `${provider} waits for no console that went silent.`
      : `${provider} is owned by ${owner}, which is heard of: there is nothing to take over. Deactivate it there, or end that console.`,
  );

export const killedBy = (latch: KillLatch): DisconnectReason => ({ code: 'killed', detail: `${latch.by}: ${latch.reason}` });

/** Why no session can begin with a row as it is, column by column; null when one can. */
export function unusable({ config }: LpRecord): DisconnectReason | null {
  if (!config.valid)
    return { code: 'config-invalid', detail: config.problems.map(({ column, rule }) => `${column}: ${rule}`).join('; ') };
  const { secretsToEnter } = config.value;
  return secretsToEnter.length === 0 ? null : { code: 'secrets-needed', detail: secretsToEnter.join(', ') };
}
