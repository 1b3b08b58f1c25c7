import type { Dictionary } from './dictionary.ts';
import type { DictionarySpec } from './dictionary-spec.ts';

/**
 * QuickFIX XML to a dictionary spec, by jspurefix's parser. Import this module dynamically: it loads jspurefix.
 * Throws DictionaryError, which names the element at fault, when the XML is not a consistent dictionary.
 */
export function specFromXml(_xml: string): DictionarySpec {
  throw new Error('being built');
}

/** Dictionary of an LP's own dialect from QuickFIX XML text. Throws DictionaryError as `specFromXml`. */
export function compileDictionary(_xml: string): Dictionary {
  throw new Error('being built');
}
