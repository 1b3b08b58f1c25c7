import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeqNumRanges } from '../../../../main/fix/session/seq-num-ranges.ts';

/** The runs, lowest first; the set is empty after it. */
function take(ranges: SeqNumRanges): [number, number][] {
  const runs: [number, number][] = [];
  for (let run = ranges.first; run !== undefined; run = ranges.first) {
    runs.push([run.from, run.to]);
    ranges.dropBelow(run.to + 1);
  }
  return runs;
}

describe('SeqNumRanges', () => {
  it('holds what was added and not dropped, as few runs as there can be', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ from: fc.integer({ min: 1, max: 40 }), length: fc.nat(8) }) },
      { weight: 1, arbitrary: fc.record({ below: fc.integer({ min: 1, max: 48 }) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const ranges = new SeqNumRanges();
        let model = new Set<number>();
        for (const act of steps) {
          if ('below' in act) {
            ranges.dropBelow(act.below);
            model = new Set([...model].filter((n) => n >= act.below));
          } else {
            ranges.add(act.from, act.from + act.length);
            for (let n = act.from; n <= act.from + act.length; n += 1) model.add(n);
          }
          expect(ranges.empty).toBe(model.size === 0);
        }
        const starts = [...model].filter((n) => !model.has(n - 1)).sort((a, b) => a - b);
        const ends = [...model].filter((n) => !model.has(n + 1)).sort((a, b) => a - b);
        expect(take(ranges)).toEqual(starts.map((start, i) => [start, ends[i]]));
      }),
    );
  });

  it('joins the two nearest runs when there are too many', () => {
    const ranges = new SeqNumRanges();
    for (let n = 1; n <= 1025; n += 1) ranges.add(n * 10 + (n === 700 ? 8 : 0), n * 10 + (n === 700 ? 8 : 0));
    const runs = take(ranges);
    expect(runs).toHaveLength(1024);
    expect(runs.filter(([from, to]) => from !== to)).toEqual([[7008, 7010]]);
  });
});
