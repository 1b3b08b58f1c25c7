import { readFile, stat } from 'node:fs/promises';
import { messageOf } from './base/errors.ts';
import { isCut } from './contracts/bounded.ts';
import type { DecodedMessage } from './contracts/fix-message.ts';
import type { LpConfig } from './contracts/lp-config.ts';
import type { Dictionary } from './fix/codec/dictionary.ts';
import { fix44 } from './fix/codec/fix44.ts';
import { decodeMessage } from './fix/codec/inspect.ts';
import { bytesOf, textOf } from './logs/byte-text.ts';

/**
 * Decodes messages for the operator's inspector with the dictionary of their LP; FIX 4.4 where that cannot be read.
 *
 * @param config the LP's configuration, null when it has none that is valid
 */
export function messageDecoder(
  config: (provider: string) => Promise<LpConfig | null>,
): (provider: string, text: string) => Promise<DecodedMessage> {
  const compiled = new Map<string, { readonly mtimeMs: number; readonly dictionary: Dictionary }>();

  const dictionaryAt = async (file: string): Promise<Dictionary> => {
    const { mtimeMs } = await stat(file);
    const known = compiled.get(file);
    if (known?.mtimeMs === mtimeMs) return known.dictionary;
    // Brings jspurefix along, which only an LP with a dialect of its own needs.
    const { compileDictionary } = await import('./fix/codec/compile-dictionary.ts');
    const dictionary = compileDictionary(await readFile(file, 'utf8'));
    compiled.set(file, { mtimeMs, dictionary });
    return dictionary;
  };

  return async (provider, text) => {
    const file = (await config(provider).catch(() => null))?.session.dictionaryFile ?? null;
    if (file === null) return decode(text, fix44());
    try {
      return decode(text, await dictionaryAt(file));
    } catch (error) {
      const decoded = decode(text, fix44());
      return { ...decoded, problem: `${file} cannot be used: ${messageOf(error)}` };
    }
  };
}

/** A message as the log's tail gives it: its own bytes, or its beginning. */
function decode(text: string, dictionary: Dictionary): DecodedMessage {
  const decoded = decodeMessage(bytesOf(text), dictionary, textOf);
  // What a message lacks of which only the beginning is here is no fault of its sender's.
  return isCut(text) ? { ...decoded, problem: 'Only the beginning of this message is shown; fix.log has all of it' } : decoded;
}
