import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isErrno } from '../base/errors.ts';

/** This console as others see it. */
export interface ConsoleIdentity {
  /** What people read. */
  readonly name: string;
  readonly host: string;
  /** Random, of the data folder: whoever has locked the folder knows that the consoles before it have ended. */
  readonly folder: string;
  /** Boot and process name space: where pid and started mean a process. Null where the system does not tell. */
  readonly machine: string | null;
  readonly pid: number;
  /** When the process was started, as the system counts it. */
  readonly started: string | null;
}

/** host/pid of this process, and something random: containers may share both. */
export const ownerName = (): string => `${hostname()}/${process.pid}/${randomBytes(2).toString('hex')}`;

export const identityOf = (folder: string, name = ownerName()): ConsoleIdentity => ({
  name,
  host: hostname(),
  folder,
  machine: machine(),
  pid: process.pid,
  started: startOf(process.pid),
});

/** Whether the system can tell that this console's process has ended. */
export function hasEnded(other: Pick<ConsoleIdentity, 'machine' | 'pid' | 'started'>): boolean {
  if (other.machine === null || other.started === null || other.machine !== machine()) return false;
  return startOf(other.pid) !== other.started;
}

function machine(): string | null {
  const boot = linux(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const space = linux(() => readlinkSync('/proc/self/ns/pid'));
  return boot === null || space === null ? null : `${boot} ${space}`;
}

/** Field 22 of /proc/PID/stat; a zombie has ended. */
function startOf(pid: number): string | null {
  return linux(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
  });
}

/** Null where there is no such file. */
function linux<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (isErrno(error)) return null;
    throw error;
  }
}
