import { existsSync, readFileSync } from 'node:fs';
import type { WitnessLp } from './witness-lp.ts';

/** Application messages of an LP that are in none of these FIX logs, in words; null: none. */
export function unheard(lp: WitnessLp, fixLogs: readonly string[]): string | null {
  const heard = new Set<string | undefined>();
  for (const path of fixLogs) {
    const log = existsSync(path) ? readFileSync(path, 'latin1') : '';
    for (const [, id] of log.matchAll(/\x01148=id-(\d+)\x01/g)) heard.add(id);
  }
  const missing = lp.applicationMessages - heard.size;
  return missing === 0 ? null : `${missing} of ${lp.applicationMessages} messages of ${lp.compId} are not in the FIX log`;
}
