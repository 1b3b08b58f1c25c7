import type { LpCredentials } from '../../contracts/lp-config.ts';

/**
 * Credentials after the LP accepted a Logon with this NewPassword(925): it is the password now. A newer one that waits goes on waiting.
 * Where none waits any more, a person has decided otherwise, and nothing changes.
 */
export function withAccepted(credentials: LpCredentials, accepted: string): LpCredentials {
  const { newPassword } = credentials;
  if (newPassword === null) return credentials;
  return { ...credentials, password: accepted, newPassword: newPassword === accepted ? null : newPassword };
}
