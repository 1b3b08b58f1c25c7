// Mutation testing: `npm run mutate`, or for one file `npm run mutate -- --mutate main/fix/codec/encode.ts`.
// A survivor is a test that is missing, or code that nobody needs.
import { atLeast, mutate } from './test/mutation/parts.ts';

export default {
  mutate,
  plugins: ['@stryker-mutator/vitest-runner', './test/mutation/operator-texts.mjs'],
  ignorers: ['operator-texts'],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // A mutant may make a loop endless: what takes this much longer than its tests do counts as noticed.
  timeoutMS: 5_000,
  timeoutFactor: 3,
  thresholds: { high: 90, low: 85, break: atLeast },
  incremental: true,
  incrementalFile: '.stryker/incremental.json',
  tempDirName: '.stryker/tmp',
  ignorePatterns: ['/.stryker', '/out', '/docs', '/preload', '/test-results', '/playwright-report'],
  // The sources as they stand: fix44.generated.ts is compared with its generator byte for byte.
  disableTypeChecks: false,
  // No such file: Stryker rewrites a tsconfig with the API of TypeScript, which TypeScript 7 does not have. Ours needs no rewriting.
  tsconfigFile: 'none.json',
  reporters: ['clear-text', 'progress-append-only', 'html', 'json'],
  htmlReporter: { fileName: '.stryker/mutation.html' },
  jsonReporter: { fileName: '.stryker/mutation.json' },
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false },
};
