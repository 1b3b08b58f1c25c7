import { defineConfig } from 'vitest/config';

// The tests that judge mutants: those that call the source themselves and give the same answer every time.
export default defineConfig({
  test: {
    include: ['test/unit/{fix,engine,sessions}/**/*.test.ts', 'test/conformance/core.test.ts'],
    exclude: [
      // Seconds for each mutant, and what they notice hangs on the dice: a rule that only they hold has no test of its own.
      'test/unit/fix/property/**',
      '**/*.property.test.ts',
      '**/convergence.test.ts',
      '**/robustness.test.ts',
      // Their limits are those of code that no mutant can be switched on in.
      '**/*.speed.test.ts',
    ],
    testTimeout: 20_000,
  },
});
