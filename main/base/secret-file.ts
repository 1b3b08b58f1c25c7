import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { isErrno } from './errors.ts';

/** The text of a secret kept in `file`, mode 0600; generated as 64 hexadecimal digits when there is none. Fails when neither can be done. */
export function readOrCreateSecret(file: string): string {
  try {
    writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    if (!isErrno(error) || error.code !== 'EEXIST') throw error;
    chmodSync(file, 0o600);
  }
  const secret = readFileSync(file, 'utf8').trim();
  if (secret === '') throw new Error(`${file} is empty: delete it to have another secret generated, or restore it from a backup`);
  return secret;
}
