import type { SessionContext } from './context.ts';
import type { Instant } from './instant.ts';

/** Logon(A): 98=0, 108, 141=Y when `reset`, 553 and 554 when configured, then the configured tags (scenario 1B). */
export function sendLogon(context: SessionContext, reset: boolean, now: Instant): void {
  const { settings, outbound } = context;
  const encoder = outbound.begin('A', now).int(98, 0).int(108, settings.heartBtInt);
  if (reset) encoder.bool(141, true);
  if (settings.username !== null && settings.username !== '') encoder.string(553, settings.username);
  if (settings.password !== null && settings.password !== '') encoder.string(554, settings.password);
  encoder.fields(settings.logonTags);
  const seqNum = outbound.commitAdmin(now);
  context.noteOut('Logon', 'info', reset ? 'Logon with ResetSeqNumFlag' : 'Logon', seqNum);
}
