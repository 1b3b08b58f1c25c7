import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeDurably, writeDurably } from '../base/durable-file.ts';
import { messageOf } from '../base/errors.ts';
import { readOrCreateSecret } from '../base/secret-file.ts';
import type { Keychain } from '../contracts/keychain.ts';

/** The key is there, and cannot be had now; another one must not be made in its place. */
export class KeyOutOfReach extends Error {
  override readonly name = 'KeyOutOfReach';
}

export interface KeyPlace {
  /** A file that holds the key itself. */
  readonly plain: boolean;
  /** A file that holds it sealed by a keychain. */
  readonly sealed: boolean;
  /** A keychain can be used. */
  readonly keychain: boolean;
  /** `VFXLP_KEYCHAIN`: it is to be used where there is one. */
  readonly wanted: boolean;
}

/** read: as it is kept. seal: from the file to the keychain. unseal: back. refuse: it is out of reach, and no other may be made. */
type KeyStep = 'read-file' | 'read-sealed' | 'seal' | 'unseal' | 'refuse';

/** What is done about the key, from what is there. A sealed key is never passed over, and none is removed before its successor was read back. */
export function keyStep({ plain, sealed, keychain, wanted }: KeyPlace): KeyStep {
  // Both are there after a move that was cut off: the file is whole, and the move is made again.
  if (plain || !sealed) return keychain && wanted ? 'seal' : 'read-file';
  if (!keychain) return 'refuse';
  return wanted ? 'read-sealed' : 'unseal';
}

export interface KeptKey {
  readonly text: string;
  /** Where it is kept, in words for the operator. */
  readonly kept: string;
}

/** The file of today, for a console that has no keychain. Throws KeyOutOfReach when the key is in one. */
export const keyInFile = (dataDir: string): string => keepKey(dataDir, null, 'a console without a window has none', true).text;

/**
 * The key of the passwords, made where there is none, and moved to the keychain or back.
 *
 * @param keychain null: there is none that can be used, because `why`
 * @throws KeyOutOfReach with a sentence, or the file system's error
 */
export function keepKey(dataDir: string, keychain: Keychain | null, why: string, wanted: boolean): KeptKey {
  const file = join(dataDir, 'secret-key');
  const sealedFile = `${file}.sealed`;
  const inFile = (because: string): string => `in a file that only this user can read (${file}): ${because}`;
  const place = { plain: existsSync(file), sealed: existsSync(sealedFile), keychain: keychain !== null, wanted };
  const step = keyStep(place);
  if (step === 'read-file') return { text: readOrCreateSecret(file), kept: inFile(wanted ? why : 'VFXLP_KEYCHAIN is off') };
  if (step === 'refuse' || keychain === null)
    throw new KeyOutOfReach(
      `The key of the stored passwords is in the keychain of this system, which cannot be used now (${why}): start the desktop console in the session of the user who owns it, or set VFXLP_SECRET_KEY. To have it in a file again, start the desktop once with VFXLP_KEYCHAIN=off`,
    );
  const kept = `in the keychain of this system (${keychain.name})`;
  if (step === 'seal') {
    const text = readOrCreateSecret(file);
    try {
      writeDurably(sealedFile, keychain.seal(text).toString('base64'));
      if (openSealed(sealedFile, keychain) !== text) throw new Error('it gave back another text');
    } catch (error) {
      removeDurably(sealedFile);
      return { text, kept: inFile(`the keychain (${keychain.name}) did not take it, ${messageOf(error)}`) };
    }
    removeDurably(file);
    return { text, kept };
  }
  let text: string;
  try {
    text = openSealed(sealedFile, keychain);
  } catch (error) {
    throw new KeyOutOfReach(
      `The keychain of this system (${keychain.name}) does not give the key of the stored passwords: ${messageOf(error)}. Unlock it, or set VFXLP_SECRET_KEY. The key is not replaced: ${sealedFile} stays`,
    );
  }
  if (step === 'read-sealed') return { text, kept };
  writeDurably(file, `${text}\n`);
  if (readFileSync(file, 'utf8').trim() !== text) throw new Error(`${file} could not be read back`);
  removeDurably(sealedFile);
  return { text, kept: inFile('VFXLP_KEYCHAIN is off') };
}

const openSealed = (file: string, keychain: Keychain): string => keychain.open(Buffer.from(readFileSync(file, 'utf8'), 'base64'));
