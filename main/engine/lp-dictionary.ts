import { readFile } from 'node:fs/promises';
import { messageOf } from '../base/errors.ts';
import type { Dictionary } from '../fix/codec/dictionary.ts';
import { fix44 } from '../fix/codec/fix44.ts';

/** The dictionary of an LP: FIX 4.4, or QuickFIX XML from a file. */
export class LpDictionary {
  /** Null before `load`, and when the file cannot be read or is no consistent dictionary: `problem` says why. */
  loaded: Dictionary | null = null;
  problem = 'not started';

  async load(file: string | null): Promise<void> {
    try {
      this.loaded = file === null ? fix44() : await compiled(file);
    } catch (error) {
      this.loaded = null;
      this.problem = `dictionaryFile ${file ?? ''}: ${messageOf(error)}`;
    }
  }
}

async function compiled(file: string): Promise<Dictionary> {
  const xml = await readFile(file, 'utf8');
  // Loaded only where an LP has a dialect of its own: it brings jspurefix's parser along.
  const { compileDictionary } = await import('../fix/codec/compile-dictionary.ts');
  return compileDictionary(xml);
}
