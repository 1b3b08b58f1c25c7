import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RUNS } from './settings.ts';
import { TwoCores } from './two-cores.ts';

const side = fc.constantFrom('left' as const, 'right' as const);

/** What can happen to two sessions on a wire. */
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('send' as const), who: side, count: fc.integer({ min: 1, max: 5 }) }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('carry' as const), who: side, bytes: fc.integer({ min: 1, max: 600 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('connect' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), who: side }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pace' as const), who: side, open: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 70_000 }) }) },
);

test('two of our cores converge, whatever happened: each has all that the other sent, once and in order', () => {
  fc.assert(
    fc.property(fc.array(happening, { minLength: 20, maxLength: 150, size: 'max' }), (happenings) => {
      const cores = new TwoCores();
      cores.connect();
      for (const event of happenings) {
        switch (event.kind) {
          case 'send':
            cores.send(event.who, event.count);
            break;
          case 'carry':
            cores.carry(event.who, event.bytes);
            break;
          case 'connect':
            cores.connect();
            break;
          case 'cut':
            cores.cut();
            break;
          case 'crash':
            cores.crash(event.who);
            break;
          case 'pace':
            cores.pace(event.who, event.open);
            break;
          case 'wait':
            cores.wait(event.ms);
            break;
        }
      }
      cores.settle();
      expect(cores.left.got).toEqual(cores.right.sent);
      expect(cores.right.got).toEqual(cores.left.sent);
    }),
    { numRuns: RUNS },
  );
}, 120_000);
