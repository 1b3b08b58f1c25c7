import { expect, test } from 'vitest';
import { createConsoleStore } from '../../../renderer/store/console-store.ts';
import { markedLp } from '../../../renderer/store/marked.ts';
import { EMPTY_MIRROR } from '../../../renderer/store/mirror.ts';
import { loggedOn, NOW } from './lp-views.ts';

const NAMES = ['CITI', 'HSBC-1', 'HSBC-2', 'XTX'];

function setUp() {
  const store = createConsoleStore();
  const lps = Object.fromEntries(NAMES.map((provider) => [provider, loggedOn({ provider })]));
  store.getState().mirrored({ ...EMPTY_MIRROR, counter: 1, heardAtMs: NOW, lps });
  return { store, lps, do: store.getState(), marked: () => markedLp(store.getState()) };
}

test('nothing is marked before somebody marks it', () => {
  expect(setUp().marked()).toBeNull();
});

test('a filter that hides the marked row moves the mark to its first match, and one that shows it does not', () => {
  const { do: act, marked } = setUp();
  act.select('XTX');
  act.setFilter('xt');
  expect(marked()).toBe('XTX');
  act.setFilter('hsbc');
  expect(marked()).toBe('HSBC-1');
  act.setFilter('');
  expect(marked()).toBe('HSBC-1');
});

test('a filter that nothing matches leaves nothing to act on', () => {
  const { do: act, marked } = setUp();
  act.select('XTX');
  act.setFilter('nobody');
  expect(marked()).toBeNull();
});

test('a row that leaves the filter by itself takes the mark with it: no other row is acted on in its place', () => {
  const { store, lps, do: act, marked } = setUp();
  act.setFilter('hsbc');
  act.select('HSBC-2');
  const renamed = { ...lps, 'HSBC-2': loggedOn({ provider: 'HSBC-2' }), 'HSBC-3': loggedOn({ provider: 'HSBC-3' }) };
  const { 'HSBC-2': _gone, ...left } = renamed;
  act.mirrored({ ...store.getState().mirror, lps: left });
  expect(marked()).toBeNull();
});

test.each(['audit', 'tokens'] as const)('the screen %s hides the mark, and coming back shows it', (screen) => {
  const { do: act, marked } = setUp();
  act.select('XTX');
  act.show({ screen });
  expect(marked()).toBeNull();
  act.show({ screen: 'overview' });
  expect(marked()).toBe('XTX');
});

test('the page of an LP marks it, and so does a dialog about one that is over it', () => {
  const { do: act, marked } = setUp();
  act.show({ screen: 'lp', provider: 'CITI', tab: 'session' });
  expect(marked()).toBe('CITI');
  act.open({ kind: 'edit', provider: 'XTX' });
  expect(marked()).toBe('XTX');
  act.open({ kind: 'palette' });
  expect(marked()).toBe('CITI');
});

test('an LP that is not known is not acted on', () => {
  const { do: act, marked } = setUp();
  act.show({ screen: 'lp', provider: 'GONE', tab: 'session' });
  expect(marked()).toBeNull();
});

test('a kill dialog comes over the one that is open, which is there again when it is closed', () => {
  const { store, do: act } = setUp();
  act.open({ kind: 'edit', provider: 'XTX' });
  act.open({ kind: 'kill', provider: 'XTX', held: true });
  expect(store.getState()).toMatchObject({ dialog: { kind: 'kill' }, beneath: { kind: 'edit' } });
  act.close();
  expect(store.getState()).toMatchObject({ dialog: { kind: 'edit' }, beneath: null });
  act.open({ kind: 'palette' });
  expect(store.getState()).toMatchObject({ dialog: { kind: 'palette' }, beneath: null });
});
