import { constants, copyFileSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Files of a message store: outgoing messages, their index, the inbound number. */
export const STORE_FILES = ['messages.dat', 'messages.idx', 'inbound.seq'] as const;

const [MESSAGES] = STORE_FILES;

/** Old stores kept beside the current one. */
const KEPT = 20;

/** The form of a moment in names: 20260131T093000.123Z. Epoch ms. */
export const asideStamp = (wallMs: number): string => new Date(wallMs).toISOString().replaceAll(/[-:]/g, '');

/** Renames the store's files, or copies them, to `name.<utc>`, and deletes all but 20. utc: 20260131T093000.123Z */
export function keepAside(dir: string, utc: string, how: 'rename' | 'copy'): void {
  let suffix = utc;
  for (let n = 2; STORE_FILES.some((file) => existsSync(join(dir, `${file}.${suffix}`))); n += 1) suffix = `${utc}-${n}`;
  for (const file of STORE_FILES) {
    const from = join(dir, file);
    const to = join(dir, `${file}.${suffix}`);
    if (how === 'rename') renameSync(from, to);
    else copyFileSync(from, to, constants.COPYFILE_FICLONE);
  }
  for (const old of superfluous(dir)) for (const file of STORE_FILES) rmSync(join(dir, `${file}.${old}`), { force: true });
}

const inTime = new Intl.Collator('en', { numeric: true }).compare;

/** Suffixes beyond the last 20: stores without application messages first, so that a run of resets costs no message; then the oldest. */
function superfluous(dir: string): string[] {
  const suffixes = new Set<string>();
  const withMessages = new Set<string>();
  for (const name of readdirSync(dir)) {
    const file = STORE_FILES.find((own) => name.startsWith(`${own}.`));
    if (file === undefined) continue;
    const suffix = name.slice(file.length + 1);
    suffixes.add(suffix);
    if (file === MESSAGES && statSync(join(dir, name)).size > 0) withMessages.add(suffix);
  }
  const worth = (suffix: string): number => (withMessages.has(suffix) ? 1 : 0);
  const leastFirst = [...suffixes].sort((a, b) => worth(a) - worth(b) || inTime(a, b));
  return leastFirst.slice(0, Math.max(0, leastFirst.length - KEPT));
}
