import type { SessionContext } from './context.ts';
import type { Instant } from './instant.ts';

/** Logon(A): 98=0, 108, 141=Y when `reset`, 553, 554 and 925 when configured, then the configured tags (scenario 1B). */
export function sendLogon(context: SessionContext, reset: boolean, now: Instant): void {
  const { settings, outbound } = context;
  const encoder = outbound.begin('A', now).int(98, 0).int(108, settings.heartBtInt);
  if (reset) encoder.bool(141, true);
  if (settings.username !== null && settings.username !== '') encoder.string(553, settings.username);
  if (settings.password !== null && settings.password !== '') encoder.string(554, settings.password);
  if (settings.newPassword !== null && settings.newPassword !== '') encoder.string(925, settings.newPassword);
  encoder.fields(settings.logonTags);
  const seqNum = outbound.commitAdmin(now);
  context.noteOut('Logon', 'info', reset ? 'Logon with ResetSeqNumFlag' : 'Logon', seqNum);
}
