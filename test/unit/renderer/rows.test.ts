import { expect, test } from 'vitest';
import type { LpView } from '../../../main/contracts/lp-view.ts';
import { arrange, NO_ROWS } from '../../../renderer/store/rows.ts';
import { loggedOn, lpIn, NOW } from './lp-views.ts';

const up = (...names: readonly string[]): Record<string, LpView> =>
  Object.fromEntries(names.map((provider) => [provider, loggedOn({ provider, statsAtMs: NOW })]));
const down = (provider: string): LpView =>
  lpIn({ kind: 'retry', atMs: NOW, attempt: 1 }, { provider, trouble: { sinceMs: NOW, downSinceMs: NOW } });

const calm = arrange(NO_ROWS, up('A', 'B', 'C'), '', NOW, false);

test('an LP that goes down goes up in the list; with the pointer on the rows nothing moves until it has left', () => {
  const lps = { ...up('A', 'B'), C: down('C') };
  const held = arrange(calm, lps, '', NOW, true);
  expect(held).toMatchObject({ shown: ['A', 'B', 'C'], behind: 3 });
  expect(arrange(held, lps, '', NOW, false)).toMatchObject({ shown: ['C', 'A', 'B'], behind: 0 });
});

test('under the pointer a row that the filter no longer finds stays, one that it finds now comes in at the end', () => {
  const trouble = arrange(calm, { ...up('B', 'C'), A: down('A') }, 'trouble', NOW, false);
  expect(trouble.shown).toEqual(['A']);
  const held = arrange(trouble, { ...up('A', 'C'), B: down('B') }, 'trouble', NOW, true);
  expect(held.shown).toEqual(['A', 'B']);
  expect(arrange(held, { ...up('A', 'C'), B: down('B') }, 'trouble', NOW, false).shown).toEqual(['B']);
});

test('an LP that was deleted goes, and another filter is another list, pointer or not', () => {
  expect(arrange(calm, up('A', 'C'), '', NOW, true).shown).toEqual(['A', 'C']);
  expect(arrange(calm, up('A', 'B', 'C'), 'b', NOW, true).shown).toEqual(['B']);
});

test('the same rows are the same object', () => {
  expect(arrange(calm, up('A', 'B', 'C'), '', NOW + 100, false)).toBe(calm);
});
