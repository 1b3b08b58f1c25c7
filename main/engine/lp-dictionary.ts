import { messageOf } from '../base/errors.ts';
import { withRegularFile } from '../base/regular-file.ts';
import { type EngineSettings, MAX_DICTIONARY_BYTES } from '../contracts/engine-protocol.ts';
import type { Dictionary } from '../fix/codec/dictionary.ts';
import { fix44 } from '../fix/codec/fix44.ts';

/** The dictionary of an LP: FIX 4.4, or QuickFIX XML from a file. */
export class LpDictionary {
  /** Null before `load`, and when the file cannot be read or is no consistent dictionary: `problem` says why. */
  loaded: Dictionary | null = null;
  problem = 'not started';

  /** A file must lie below one of the settings' folders, if there are any. */
  async load({ session, dictionaryDirs }: EngineSettings): Promise<void> {
    const file = session.dictionaryFile;
    try {
      this.loaded = file === null ? fix44() : await compiled(file, dictionaryDirs ?? null);
    } catch (error) {
      this.loaded = null;
      this.problem = `dictionaryFile ${file ?? ''}: ${messageOf(error)}`;
    }
  }
}

async function compiled(file: string, folders: readonly string[] | null): Promise<Dictionary> {
  const xml = await withRegularFile(file, { folders, maxBytes: MAX_DICTIONARY_BYTES }, ({ read }) => read());
  // Loaded only where an LP has a dialect of its own: it brings jspurefix's parser along.
  const { compileDictionary } = await import('../fix/codec/compile-dictionary.ts');
  return compileDictionary(xml.toString('utf8'));
}
