import { lpProviderConfig } from './0001-lp-provider-config.ts';
import { changeNotices } from './0002-change-notices.ts';
import { auditAndOutbox } from './0003-audit-and-outbox.ts';
import { rearmedIncident } from './0004-rearmed-incident.ts';
import { newPassword } from './0005-new-password.ts';
import { rowId } from './0006-row-id.ts';
import { ownership } from './0007-ownership.ts';
import { rearmedIncidents } from './0008-rearmed-incidents.ts';
import { killRows } from './0009-kill-rows.ts';
import { heartbeatAndRefusedEvents } from './0010-heartbeat-and-refused-events.ts';
import { incidents } from './0011-incidents.ts';
import { takeOver } from './0012-take-over.ts';
import { secretTags } from './0013-secret-tags.ts';
import { madeAt } from './0014-made-at.ts';

/** In order; a released one is never changed. Texts in modules, so that the bundled console has them without files beside it. */
export const MIGRATIONS: readonly { readonly name: string; readonly sql: string }[] = [
  { name: '0001-lp-provider-config', sql: lpProviderConfig },
  { name: '0002-change-notices', sql: changeNotices },
  { name: '0003-audit-and-outbox', sql: auditAndOutbox },
  { name: '0004-rearmed-incident', sql: rearmedIncident },
  { name: '0005-new-password', sql: newPassword },
  { name: '0006-row-id', sql: rowId },
  { name: '0007-ownership', sql: ownership },
  { name: '0008-rearmed-incidents', sql: rearmedIncidents },
  { name: '0009-kill-rows', sql: killRows },
  { name: '0010-heartbeat-and-refused-events', sql: heartbeatAndRefusedEvents },
  { name: '0011-incidents', sql: incidents },
  { name: '0012-take-over', sql: takeOver },
  { name: '0013-secret-tags', sql: secretTags },
  { name: '0014-made-at', sql: madeAt },
];
