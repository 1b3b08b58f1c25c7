import { expect, test } from 'vitest';
import { type View, viewFromHash, viewToHash } from '../../../renderer/store/view.ts';

test.each<View>([
  { screen: 'overview' },
  { screen: 'audit' },
  { screen: 'kills', id: null },
  { screen: 'kills', id: 'a/b' },
  { screen: 'tokens' },
  { screen: 'lp', provider: 'LP_A.1-x', tab: 'fix-log' },
  { screen: 'lp', provider: '../é', tab: 'session' },
])('%o survives the address bar', (view) => {
  expect(viewFromHash(viewToHash(view))).toEqual(view);
});

test.each(['', '#', '#/nowhere', '#/lp', '#/lp/', '#/lp/%E0%A4%A/session'])('%s is the overview', (hash) => {
  expect(viewFromHash(hash)).toEqual({ screen: 'overview' });
});

test('an unknown tab is the first', () => {
  expect(viewFromHash('#/lp/A/nothing')).toEqual({ screen: 'lp', provider: 'A', tab: 'session' });
});
