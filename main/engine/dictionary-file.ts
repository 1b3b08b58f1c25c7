import { readFile } from 'node:fs/promises';
import type { Dictionary } from '../fix/codec/dictionary.ts';
import { fix44 } from '../fix/codec/fix44.ts';

/** The dictionary of an LP: FIX 4.4, or QuickFIX XML from a file. Rejects when the file cannot be read or is no consistent dictionary. */
export async function loadDictionary(file: string | null): Promise<Dictionary> {
  if (file === null) return fix44();
  const xml = await readFile(file, 'utf8');
  // Loaded only where an LP has a dialect of its own: it brings jspurefix's parser along.
  const { compileDictionary } = await import('../fix/codec/compile-dictionary.ts');
  return compileDictionary(xml);
}
