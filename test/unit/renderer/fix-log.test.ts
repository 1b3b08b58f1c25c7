import { expect, test } from 'vitest';
import { NO_LOG_FILTER, tagValue } from '../../../main/contracts/log-filter.ts';
import type { FixLogLine } from '../../../main/contracts/lp-view.ts';
import {
  appendLog,
  bodyOf,
  fieldsOf,
  filterLog,
  followLog,
  LOG_KEPT,
  openLog,
  pauseLog,
} from '../../../renderer/store/fix-log.ts';

const soh = (text: string): string => text.replaceAll('|', '\u0001');
const line = (n: number, type = 'W', direction: 'in' | 'out' = 'in', body = '55=EUR/USD|'): FixLogLine => ({
  n,
  at: '2026-01-31T09:30:00.123456Z',
  direction,
  text: soh(`8=FIX.4.4|9=40|35=${type}|34=${n}|49=LP|56=US|52=20260131-09:30:00.123|${body}10=000|`),
});
const batch = (lines: readonly FixLogLine[], skipped = 0, provider = 'A') => ({ provider, lines, skipped });

test('MsgType and MsgSeqNum are read from the message, and only whole tags count', () => {
  const [entry] = openLog('A', [line(42, 'AE')]).entries;
  expect(entry).toMatchObject({ msgType: 'AE', seqNum: '42' });
  expect(tagValue(soh('8=FIX.4.4|1035=X|35=W|'), 35)).toBe('W');
  expect(tagValue('not a message', 35)).toBe('');
});

test('the buffer keeps the newest lines', () => {
  const full = openLog(
    'A',
    Array.from({ length: LOG_KEPT }, (_, n) => line(n)),
  );
  const next = appendLog(full, batch([line(LOG_KEPT), line(LOG_KEPT + 1)]));
  expect(next.entries).toHaveLength(LOG_KEPT);
  expect(next.entries[0]?.n).toBe(2);
  expect(next.entries.at(-1)?.n).toBe(LOG_KEPT + 1);
});

test('a burst larger than the buffer leaves its end, and what was skipped is counted', () => {
  const next = appendLog(
    openLog('A', [line(0)]),
    batch(
      Array.from({ length: LOG_KEPT + 10 }, (_, n) => line(n + 1)),
      700,
    ),
  );
  expect(next.entries).toHaveLength(LOG_KEPT);
  expect(next.entries[0]?.n).toBe(11);
  expect(appendLog(next, batch([], 5)).skipped).toBe(705);
});

test('lines of another LP are not taken', () => {
  const log = openLog('A', [line(1)]);
  expect(appendLog(log, batch([line(2)], 3, 'B'))).toBe(log);
});

test('paused, the screen stands still and the new lines are counted; following shows them', () => {
  const paused = appendLog(pauseLog(openLog('A', [line(1)])), batch([line(2), line(3)], 4));
  expect(paused.held?.map((entry) => entry.n)).toEqual([1]);
  expect(paused.sincePause).toBe(6);
  expect(pauseLog(paused)).toBe(paused);
  const following = followLog(paused);
  expect(following.held).toBeNull();
  expect(following.entries.map((entry) => entry.n)).toEqual([1, 2, 3]);
});

test('filters by direction, type and text', () => {
  const { entries } = openLog('A', [line(1), line(2, '0', 'out', ''), line(3, '8', 'in', '55=USD/JPY|37=Abc|')]);
  const found = (filter: Partial<typeof NO_LOG_FILTER>) =>
    filterLog(entries, { ...NO_LOG_FILTER, ...filter }).map((entry) => entry.n);
  expect(filterLog(entries, NO_LOG_FILTER)).toBe(entries);
  expect(found({ direction: 'out' })).toEqual([2]);
  expect(found({ msgType: '8' })).toEqual([3]);
  expect(found({ msgType: '-admin' })).toEqual([1, 3]);
  expect(found({ text: 'usd/jpy|37=abc' })).toEqual([3]);
  expect(found({ text: '55=', direction: 'in', msgType: 'W' })).toEqual([1]);
});

test('fields come in the order of the message; a value may hold =', () => {
  expect(fieldsOf(soh('8=FIX.4.4|58=a=b|55=|'))).toEqual([
    { tag: 8, value: 'FIX.4.4' },
    { tag: 58, value: 'a=b' },
    { tag: 55, value: '' },
  ]);
});

test('the body leaves out what every header and trailer has, and keeps PossDupFlag', () => {
  expect(bodyOf(soh('8=FIX.4.4|9=1|35=8|34=2|43=Y|49=A|56=B|52=T|37=1|10=000|'))).toBe(soh('43=Y|37=1'));
});
