import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServeProcess } from '../support/serve-process.ts';

/** What a console has at a moment, from outside: what a fault must not leave more of. */
export interface Footprint {
  /** Processes below it, by what they are. */
  readonly processes: readonly string[];
  readonly descriptors: number;
  /** Records of processes, and files half written, in the data folder. */
  readonly files: readonly string[];
}

/** Connections of the database's pool, of screens and to a server that is just being dialled come and go. */
const SPARE_DESCRIPTORS = 12;

export interface Running {
  readonly pid: number;
  readonly command: string;
}

/** The processes below one, at any depth. */
export function processesBelow(pid: number): readonly Running[] {
  const parents = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(/^\d+ \(.*\) \S (\d+)/s.exec(readOr(`/proc/${name}/stat`))?.[1] ?? -1);
    parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
  }
  const below = (of: number): number[] => (parents.get(of) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid).flatMap((child) => {
    const command = readOr(`/proc/${child}/cmdline`).replaceAll('\0', ' ').trim();
    return command === '' ? [] : [{ pid: child, command }];
  });
}

/** Resident memory of a process, MB. */
export const residentMb = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readOr(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;

export const descriptorsOf = (pid: number): number => (existsSync(`/proc/${pid}/fd`) ? readdirSync(`/proc/${pid}/fd`).length : 0);

/** What runs below a process, each by what it is. */
export function processKinds(pid: number): readonly string[] {
  const kind = (command: string): string | null => {
    if (command.includes('--provider=')) return `engine ${/--provider=(\S+)/.exec(command)?.[1]}`;
    if (/latch-writer/.test(command)) return 'latch writer';
    if (/log-server/.test(command)) return 'log server';
    if (/tunnel-guard/.test(command)) return 'tunnel guard';
    if (/stunnel/.test(command)) return 'stunnel';
    // The server's own processes come and go with its connections.
    return /postgres/.test(command) ? null : command.slice(0, 60);
  };
  return processesBelow(pid)
    .flatMap(({ command }) => kind(command) ?? [])
    .sort();
}

export function footprintOf({ child, dataDir }: Pick<ServeProcess, 'child' | 'dataDir'>): Footprint {
  const pid = child.pid ?? -1;
  const records = join(dataDir, 'processes');
  return {
    processes: processKinds(pid),
    descriptors: descriptorsOf(pid),
    files: [
      ...(existsSync(records) ? [`${readdirSync(records).length} process records`] : []),
      ...readdirSync(dataDir).filter((name) => name.endsWith('.new')),
    ],
  };
}

/** What there is more than before, or gone, in words; null: nothing. */
export function leftOver(before: Footprint, now: Footprint): string | null {
  const words: string[] = [];
  if (String(before.processes) !== String(now.processes)) words.push(`processes ${now.processes} (before: ${before.processes})`);
  if (now.descriptors > before.descriptors + SPARE_DESCRIPTORS)
    words.push(`${now.descriptors - before.descriptors} descriptors more`);
  if (String(before.files) !== String(now.files)) words.push(`files ${now.files} (before: ${before.files})`);
  return words.length === 0 ? null : words.join('; ');
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // It has ended meanwhile.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return '';
    throw error;
  }
}
