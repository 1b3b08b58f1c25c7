import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { processTeller } from './platform.ts';

/**
 * When a process began, as a text that no other process with its id ever has, also after a restart of the machine.
 *
 * @returns null when there is no such process, or one that has ended and that its parent has not yet waited for
 */
export function processStart(pid: number): string | null {
  const teller = processTeller(pid);
  return teller.from === 'proc' ? fromProc(pid) : fromProgram(teller.command, teller.args);
}

/** Whether a process is stopped, as by SIGSTOP. Only Linux tells at a price that can be paid every second: elsewhere false. */
export function isStopped(pid: number): boolean {
  return processTeller(pid).from === 'proc' && statFields(pid)?.[0] === 'T';
}

/** Whether a process waits where no signal reaches it, as on a disk that hangs. Only Linux tells. */
export function isOutOfReach(pid: number): boolean {
  return processTeller(pid).from === 'proc' && statFields(pid)?.[0] === 'D';
}

function fromProc(pid: number): string | null {
  const fields = statFields(pid);
  if (fields === null || fields[0] === 'Z' || fields[0] === 'X') return null;
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${fields[19]}`;
}

/** What stands after the name, which may have any character: state is the first of them (field 3), the start in ticks since boot field 22. */
function statFields(pid: number): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    // Read while it ended.
    return null;
  }
}

function fromProgram(command: string, args: readonly string[]): string | null {
  try {
    const said = execFileSync(command, args, {
      encoding: 'latin1',
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [, state, start] = /^(\S+)\s+(.+?)\s*$/.exec(said) ?? [];
    return state === undefined || start === undefined || state.startsWith('Z') ? null : start;
  } catch {
    // It says by its status that there is none.
    return null;
  }
}
