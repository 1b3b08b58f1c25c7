/**
 * What is mutated, and the tests that judge it: those that call the source themselves and give the same answer every time.
 * MUTATE_PART names one of them, so that parts can run on machines of their own; all of them otherwise. `atLeast`: the score in percent below
 * which the run fails; it goes up with the tests, never down.
 */
const PARTS: Record<string, { readonly mutate: readonly string[]; readonly tests: readonly string[]; readonly atLeast: number }> =
  {
    codec: {
      mutate: ['main/fix/codec/**/*.ts', '!**/*.generated.ts'],
      tests: ['test/unit/fix/**', 'test/conformance/core.test.ts'],
      atLeast: 85,
    },
    session: {
      mutate: ['main/fix/session/**/*.ts'],
      tests: ['test/unit/fix/**', 'test/conformance/core.test.ts'],
      atLeast: 82,
    },
    engine: {
      mutate: [
        'main/engine/**/*.ts',
        // The shell of the engine's process: its tests run it as a process of its own, over real sockets, where no mutant can be switched on.
        '!main/engine/{engine,entry,lp-dictionary,reflect,session-shell,transport}.ts',
      ],
      tests: ['test/unit/engine/**'],
      atLeast: 70,
    },
    sessions: {
      mutate: [
        'main/sessions/kill/**/*.ts',
        'main/sessions/connect/**/*.ts',
        // A process of its own, for the same reason; what it writes with, reserved-file.ts, is not.
        '!main/sessions/kill/latch-writer.ts',
      ],
      tests: ['test/unit/sessions/**'],
      atLeast: 82,
    },
  };

const { MUTATE_PART } = process.env;
const chosen = Object.entries(PARTS).flatMap(([name, part]) => (MUTATE_PART === undefined || MUTATE_PART === name ? [part] : []));
if (chosen.length === 0) throw new Error(`MUTATE_PART must be one of ${Object.keys(PARTS).join(', ')}`);

export const mutate = chosen.flatMap((part) => part.mutate);
export const tests = [...new Set(chosen.flatMap((part) => part.tests))];
export const atLeast = Math.min(...chosen.map((part) => part.atLeast));
