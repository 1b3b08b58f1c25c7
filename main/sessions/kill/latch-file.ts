import { join } from 'node:path';
import { readIfThere } from '../../base/durable-file.ts';
import { isErrno, messageOf } from '../../base/errors.ts';
import type { KillLatch } from '../../contracts/lp-record.ts';

export type Latches = Readonly<Record<string, KillLatch>>;

/** @param dataDir the console's data folder */
export const latchFile = (dataDir: string): string => join(dataDir, 'kill-latches.json');

/** A latch is known by what it latches and by the incident that set it. */
export const latchKey = (provider: string, incidentId: string): string => `${provider} ${incidentId}`;

export const latchText = (latches: Latches): string => JSON.stringify(latches, null, 2);

/** @throws Error with a sentence that names the file and what to do, whatever is wrong with it: to start with unknown latches could bring a killed LP back */
export function readLatches(path: string): Latches {
  const text = read(path);
  if (text === null) return {};
  const parsed = parse(text);
  if (isLatches(parsed)) return parsed;
  throw new Error(
    `${path} is damaged: it must hold one latch per provider. Restore it, or delete it only if every LP may be re-armed.`,
  );
}

function read(path: string): string | null {
  try {
    return readIfThere(path);
  } catch (error) {
    throw new Error(`${path} cannot be read: ${whatToDo(error)}. It says which LPs are killed.`, { cause: error });
  }
}

function whatToDo(error: unknown): string {
  const code = isErrno(error) ? error.code : null;
  if (code === 'EISDIR')
    return 'it is a folder. Move the folder away and put the file back, or leave none only if every LP may be re-armed';
  if (code === 'EACCES' || code === 'EPERM')
    return "the console's user may not read it. Give the file back to that user (chown) and let it read and write (chmod 600)";
  return `${messageOf(error)}. Mend the disk or the file, or delete it only if every LP may be re-armed`;
}

/** @returns undefined when it is no JSON */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isLatches(value: unknown): value is Latches {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(
    (latch: unknown) =>
      typeof latch === 'object' &&
      latch !== null &&
      'incidentId' in latch &&
      typeof latch.incidentId === 'string' &&
      'by' in latch &&
      typeof latch.by === 'string' &&
      'reason' in latch &&
      typeof latch.reason === 'string' &&
      'atMs' in latch &&
      typeof latch.atMs === 'number',
  );
}
