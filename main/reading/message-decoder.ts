import { messageOf } from '../base/errors.ts';
import { withRegularFile } from '../base/regular-file.ts';
import { isCut } from '../contracts/bounded.ts';
import { MAX_DICTIONARY_BYTES } from '../contracts/engine-protocol.ts';
import type { DecodedMessage } from '../contracts/fix-message.ts';
import type { Dictionary } from '../fix/codec/dictionary.ts';
import { fix44 } from '../fix/codec/fix44.ts';
import { decodeMessage } from '../fix/codec/inspect.ts';
import { bytesOf, textOf } from '../logs/byte-text.ts';

/** What a person can look at; an answer has to pass through the console's main thread. */
const MAX_FIELDS = 2_000;
/** Compiled dictionaries that are kept. */
const KEPT = 16;

/** Decodes messages for the operator's inspector with the dictionary of their LP; FIX 4.4 where that cannot be read. */
export class MessageDecoder {
  readonly #folders: readonly string[];
  /** By path; the one that was asked for last is the last. */
  readonly #compiled = new Map<string, { readonly version: string; readonly dictionary: Dictionary }>();

  /** @param folders below which a dictionary must lie */
  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /** @param dictionaryFile of the LP, as configured. Never rejects. */
  async decode(text: string, dictionaryFile: string | null): Promise<DecodedMessage> {
    if (dictionaryFile === null) return decode(text, fix44());
    try {
      return decode(text, await this.#dictionaryAt(dictionaryFile));
    } catch (error) {
      const decoded = decode(text, fix44());
      return { ...decoded, problem: `${dictionaryFile} cannot be used: ${messageOf(error)}` };
    }
  }

  async #dictionaryAt(path: string): Promise<Dictionary> {
    const known = this.#compiled.get(path);
    const rule = { folders: this.#folders, maxBytes: MAX_DICTIONARY_BYTES };
    const found = await withRegularFile(path, rule, async ({ version, read }) => ({
      version,
      xml: known?.version === version ? null : (await read()).toString('utf8'),
    }));
    let dictionary = known?.dictionary;
    if (found.xml !== null || dictionary === undefined) {
      // Brings jspurefix along, which only an LP with a dialect of its own needs.
      const { compileDictionary } = await import('../fix/codec/compile-dictionary.ts');
      dictionary = compileDictionary(found.xml ?? '');
    }
    this.#compiled.delete(path);
    this.#compiled.set(path, { version: found.version, dictionary });
    for (const [oldest] of this.#compiled) if (this.#compiled.size > KEPT) this.#compiled.delete(oldest);
    return dictionary;
  }
}

/** A message as the log's tail gives it: its own bytes, or its beginning. */
function decode(text: string, dictionary: Dictionary): DecodedMessage {
  const decoded = decodeMessage(bytesOf(text), dictionary, textOf, MAX_FIELDS);
  // What a message lacks of which only the beginning is here is no fault of its sender's.
  return isCut(text) ? { ...decoded, problem: 'Only the beginning of this message is shown; fix.log has all of it' } : decoded;
}
