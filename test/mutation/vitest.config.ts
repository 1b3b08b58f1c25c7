import { defineConfig } from 'vitest/config';
import { tests } from './parts.ts';

export default defineConfig({
  test: {
    include: tests.map((pattern) => pattern.replace(/\*\*$/, '**/*.test.ts')),
    exclude: [
      // Seconds for each mutant, and what they notice hangs on the dice: a rule that only they hold has no test of its own.
      'test/unit/fix/property/**',
      '**/*.property.test.ts',
      '**/convergence.test.ts',
      '**/robustness.test.ts',
      // Their limits are those of code that no mutant can be switched on in.
      '**/*.speed.test.ts',
    ],
    // Sources are imported once for a mutant, not once for each test file.
    isolate: false,
    testTimeout: 20_000,
  },
});
