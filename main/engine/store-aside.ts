import { constants, copyFileSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Files of a message store: outgoing messages, their index, the inbound number. */
export const STORE_FILES = ['messages.dat', 'messages.idx', 'inbound.seq'] as const;

/** Old stores kept beside the current one. */
const KEPT = 20;

/** Renames the store's files, or copies them, to `name.<utc>`, and deletes what is older than the last 20. utc: 20260131T093000.123Z */
export function keepAside(dir: string, utc: string, how: 'rename' | 'copy'): void {
  let suffix = utc;
  for (let n = 2; STORE_FILES.some((file) => existsSync(join(dir, `${file}.${suffix}`))); n += 1) suffix = `${utc}-${n}`;
  for (const file of STORE_FILES) {
    const from = join(dir, file);
    const to = join(dir, `${file}.${suffix}`);
    if (how === 'rename') renameSync(from, to);
    else copyFileSync(from, to, constants.COPYFILE_FICLONE);
  }
  for (const file of STORE_FILES) dropOldest(dir, `${file}.`);
}

function dropOldest(dir: string, prefix: string): void {
  const aside = readdirSync(dir)
    .filter((name) => name.startsWith(prefix))
    .sort();
  for (const name of aside.slice(0, Math.max(0, aside.length - KEPT))) rmSync(join(dir, name));
}
