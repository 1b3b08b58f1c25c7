import { createRequire } from 'node:module';
import type { FixDefinitions } from 'jspurefix/dist/dictionary/definition/fix-definitions.js';

/** FIX 4.4 as jspurefix's own graph parser reads a QuickFIX XML text; its classes want reflect-metadata first. */
export async function jspurefixDefinitions(xml: string): Promise<FixDefinitions> {
  const require = createRequire(import.meta.url);
  createRequire(require.resolve('jspurefix/package.json'))('reflect-metadata');
  const [{ QuickFixGraphParser }, { FixDefinitions: Definitions }, { FixDefinitionSource }, { VersionUtil }] = await Promise.all([
    import('jspurefix/dist/dictionary/parser/quickfix/quick-fix-graph-parser.js'),
    import('jspurefix/dist/dictionary/definition/fix-definitions.js'),
    import('jspurefix/dist/dictionary/fix-definition-source.js'),
    import('jspurefix/dist/dictionary/version-util.js'),
  ]);
  const definitions = new Definitions(FixDefinitionSource.QuickFix, VersionUtil.resolve('FIX.4.4'));
  return new QuickFixGraphParser(definitions).parseText(xml);
}
