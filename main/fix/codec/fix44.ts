import { Dictionary } from './dictionary.ts';
import { FIX44_SPEC } from './fix44.generated.ts';

let standard: Dictionary | null = null;

/** The FIX 4.4 dictionary, built on first use from the committed artefact (`npm run generate:fix44`); jspurefix is not loaded. */
export function fix44(): Dictionary {
  standard ??= new Dictionary(FIX44_SPEC);
  return standard;
}
