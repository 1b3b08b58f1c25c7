import type { SessionSettings } from '../../../../main/fix/session/settings.ts';
import { sessionSettings } from '../../../support/session-settings.ts';

/** A session between two parties that queue what they have to say while they are apart. */
export const queueingSettings = (senderCompId: string, targetCompId: string): SessionSettings =>
  sessionSettings(senderCompId, targetCompId, {
    whenDisconnected: 'queue',
    // A message that is too late is rejected by design: how long one may stay on the wire is no part of these properties.
    sendingTimeThresholdMs: Number.MAX_SAFE_INTEGER,
  });

/** Where the fake clock stands when a run begins, epoch ms. */
export const START_MS = Date.UTC(2026, 10, 22, 22, 5);

/** How many cases a property is tried with: a few seconds' worth. */
export const RUNS = 400;
