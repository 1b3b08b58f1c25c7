import type { EngineSettings } from '../../contracts/engine-protocol.ts';
import type { FixLogTarget } from './fix-log.ts';

const LOG_BYTES = 256 * 1024 * 1024;
const LOGS_KEPT = 60;

/**
 * Where the lines of an engine's FIX log go: to the process that writes the logs, or, of an engine that stands alone, into files of its own.
 *
 * @param kept false for an engine that rehearses: what it says is nobody's
 * @param behind see `LogLinkOptions`
 */
export function logTarget(
  { logSocket, logDir, provider }: EngineSettings,
  kept: boolean,
  behind: (behind: boolean) => void,
): FixLogTarget {
  if (logSocket === undefined) return { dir: logDir, maxBytes: LOG_BYTES, keep: LOGS_KEPT };
  return { socket: logSocket, provider: kept ? provider : null, behind };
}
