import { expect, test } from 'vitest';
import type { TimelineEvent } from '../../../main/contracts/lp-view.ts';
import { markOf, mergeTimeline, TIMELINE_KEPT } from '../../../renderer/store/timelines.ts';

const event = (n: number, provider = 'A'): TimelineEvent => ({
  n,
  provider,
  atMs: n,
  event: 'State',
  level: 'info',
  direction: null,
  text: '',
  seqIn: null,
  seqOut: null,
});
const numbers = (events: readonly TimelineEvent[] | undefined) => events?.map(({ n }) => n);

test('what was asked for and what was pushed become one list, in order and once each', () => {
  const pushed = mergeTimeline({}, [event(4), event(5)]);
  const merged = mergeTimeline(pushed, [event(1), event(2), event(3), event(4)]);
  expect(numbers(merged['A'])).toEqual([1, 2, 3, 4, 5]);
});

test('each LP has its own list, and others keep theirs by identity', () => {
  const before = mergeTimeline({}, [event(1), event(1, 'B')]);
  const after = mergeTimeline(before, [event(2)]);
  expect(numbers(after['A'])).toEqual([1, 2]);
  expect(after['B']).toBe(before['B']);
});

test('an event that was numbered later than it happened stands where it happened', () => {
  const merged = mergeTimeline({}, [event(1), { ...event(2), atMs: 20 }, { ...event(3), atMs: 10 }]);
  expect(numbers(merged['A'])).toEqual([1, 3, 2]);
});

test('the newest are kept', () => {
  const many = mergeTimeline(
    {},
    Array.from({ length: TIMELINE_KEPT + 20 }, (_, n) => event(n)),
  );
  expect(many['A']).toHaveLength(TIMELINE_KEPT);
  expect(many['A']?.[0]?.n).toBe(20);
});

test('a console that was started anew counts from 1 again, and its events are new', () => {
  const before = mergeTimeline({}, [event(1), event(2)]);
  const after = mergeTimeline(before, [
    { ...event(1), atMs: 100 },
    { ...event(2), atMs: 101 },
  ]);
  expect(after['A']?.map(({ atMs }) => atMs)).toEqual([1, 2, 100, 101]);
});

test('a kill has the shape of a killed LP, not that of a retry', () => {
  expect(markOf({ event: 'Operator', level: 'attention', text: 'Killed by desk-1: drill' })).toBe('cross');
  expect(markOf({ event: 'Disconnect', level: 'attention', text: 'Killed by a peer' })).toBe('retry');
  expect(markOf({ event: 'State', level: 'info', text: 'RETRY' })).toBeNull();
});
