import { constants } from 'node:os';
import type { ProcessExit } from '../contracts/processes.ts';

/** Signals that end a process. None of their numbers is an exit code of ours, which are 0, 1 and those of sysexits.h. */
const FATAL_SIGNALS = [
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGSEGV',
  'SIGTERM',
  'SIGSYS',
] as const;

/**
 * How a utility process ended: Electron hands the number of a signal over as an exit code; the end of a forked one has the same words.
 *
 * @param fatal why V8 gave up; null when it did not
 */
export function utilityExit(code: number, fatal: string | null = null): ProcessExit {
  const signal = FATAL_SIGNALS.find((name) => constants.signals[name] === code);
  return signal === undefined ? { code, signal: fatal } : { code: null, signal };
}
