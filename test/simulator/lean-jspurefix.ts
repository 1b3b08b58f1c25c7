import { createRequire, registerHooks } from 'node:module';

// jspurefix loads these with its session although an acceptor of FIX 4.4 over TCP calls none of them: about 100 MB and a second of
// start-up for each simulated LP. (mathjs formats float prices; the market sends its prices as text, in proper pips.)
const UNUSED = /^(mathjs|winston|express|axios)$|\/types\/FIXML50SP2$/;
const NOTHING =
  'const nothing = new Proxy(function () {}, { get: (_, key) => (key === "then" ? undefined : nothing), apply: () => nothing, construct: () => nothing }); module.exports = nothing;';

/** Makes jspurefix loadable, leanly. Call before the first import of any of its modules. */
export function prepareJspurefix(): void {
  registerHooks({
    resolve: (specifier, context, next) =>
      UNUSED.test(specifier) && context.parentURL?.includes('/jspurefix/') === true
        ? { url: `unused:${specifier}`, format: 'commonjs', shortCircuit: true }
        : next(specifier, context),
    load: (url, context, next) =>
      url.startsWith('unused:') ? { format: 'commonjs', source: NOTHING, shortCircuit: true } : next(url, context),
  });
  // Its classes are decorated for tsyringe, which needs this polyfill first.
  const require = createRequire(import.meta.url);
  createRequire(require.resolve('jspurefix/package.json'))('reflect-metadata');
}
