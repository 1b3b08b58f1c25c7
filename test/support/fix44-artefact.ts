import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { specFromXml } from '../../main/fix/codec/compile-dictionary.ts';

/** The committed artefact of the standard dictionary. */
export const FIX44_ARTEFACT = new URL('../../main/fix/codec/fix44.generated.ts', import.meta.url);

/** jspurefix's FIX 4.4 dictionary, QuickFIX XML. */
export function fix44Xml(): string {
  return readFileSync(createRequire(import.meta.url).resolve('jspurefix/data/FIX44.xml'), 'utf8');
}

/** What the artefact must contain: one line per field, component and message, so that a change of the dictionary reads well in a diff. */
export function renderFix44(): string {
  const spec = specFromXml(fix44Xml());
  const lines = (items: readonly unknown[]): string => items.map((item) => `    ${JSON.stringify(item)},\n`).join('');
  return `// Made by \`npm run generate:fix44\` from jspurefix's FIX44.xml; not to be edited.
import type { DictionarySpec } from './dictionary-spec.ts';

export const FIX44_SPEC: DictionarySpec = {
  beginString: ${JSON.stringify(spec.beginString)},
  header: ${JSON.stringify(spec.header)},
  trailer: ${JSON.stringify(spec.trailer)},
  fields: [
${lines(spec.fields)}  ],
  components: [
${lines(spec.components)}  ],
  messages: [
${lines(spec.messages)}  ],
};
`;
}
