import { describe, expect, it } from 'vitest';
import type { SessionSchedule } from '../../../../main/contracts/lp-config.ts';
import { scheduleAt } from '../../../../main/sessions/connect/schedule.ts';

const fxWeek: SessionSchedule = {
  kind: 'weekly',
  timeZone: 'America/New_York',
  startDay: 0,
  endDay: 5,
  startTime: '17:05',
  endTime: '16:55',
  breakStart: '16:55',
  breakEnd: '17:05',
};
const utc = (text: string): number => Date.parse(`${text}Z`);

describe('the FX week, Sunday 17:05 to Friday 16:55 New York with a daily break', () => {
  it.each([
    // New York is UTC−5 in January.
    ['2026-01-04T22:04:59', false, null, '2026-01-04T22:05:00'],
    ['2026-01-04T22:05:00', true, '2026-01-04T22:05:00', '2026-01-05T21:55:00'],
    ['2026-01-05T21:55:00', false, '2026-01-04T22:05:00', '2026-01-05T22:05:00'],
    ['2026-01-05T22:05:00', true, '2026-01-04T22:05:00', '2026-01-06T21:55:00'],
    ['2026-01-09T21:54:59', true, '2026-01-04T22:05:00', '2026-01-09T21:55:00'],
    ['2026-01-09T21:55:00', false, null, '2026-01-11T22:05:00'],
    ['2026-01-10T12:00:00', false, null, '2026-01-11T22:05:00'],
  ])('at %s UTC', (now, open, sessionStart, nextChange) => {
    expect(scheduleAt(fxWeek, utc(now))).toEqual({
      open,
      sessionStartMs: sessionStart === null ? null : utc(sessionStart),
      nextChangeMs: utc(nextChange),
    });
  });

  it('opens an hour earlier in UTC on the Sunday on which clocks go forward', () => {
    expect(scheduleAt(fxWeek, utc('2026-03-07T12:00:00')).nextChangeMs).toBe(utc('2026-03-08T21:05:00'));
  });

  it('opens an hour later in UTC on the Sunday on which clocks go back', () => {
    expect(scheduleAt(fxWeek, utc('2026-10-31T12:00:00')).nextChangeMs).toBe(utc('2026-11-01T22:05:00'));
  });
});

describe('a daily session', () => {
  const daily: SessionSchedule = {
    ...fxWeek,
    kind: 'daily',
    timeZone: 'Europe/London',
    startTime: '22:00',
    endTime: '21:30',
    breakStart: null,
    breakEnd: null,
  };

  it('may cross midnight and starts anew each day', () => {
    expect(scheduleAt(daily, utc('2026-07-15T03:00:00'))).toEqual({
      open: true,
      sessionStartMs: utc('2026-07-14T21:00:00'),
      nextChangeMs: utc('2026-07-15T20:30:00'),
    });
    expect(scheduleAt(daily, utc('2026-07-15T20:45:00'))).toEqual({
      open: false,
      sessionStartMs: null,
      nextChangeMs: utc('2026-07-15T21:00:00'),
    });
  });

  it('is a whole day when start and end are equal: the session changes, and it stays open', () => {
    const always = { ...daily, startTime: '17:00', endTime: '17:00' };
    const before = scheduleAt(always, utc('2026-01-15T16:59:59'));
    const after = scheduleAt(always, utc('2026-01-15T17:00:00'));
    expect([before.open, after.open]).toEqual([true, true]);
    expect(before.nextChangeMs).toBe(utc('2026-01-15T17:00:00'));
    expect(after.sessionStartMs).toBe(utc('2026-01-15T17:00:00'));
  });
});

it('takes a start time that the change to daylight saving skips an hour later', () => {
  const skipped: SessionSchedule = {
    ...fxWeek,
    kind: 'daily',
    startTime: '02:30',
    endTime: '20:00',
    breakStart: null,
    breakEnd: null,
  };
  expect(scheduleAt(skipped, utc('2026-03-08T05:30:00')).nextChangeMs).toBe(utc('2026-03-08T07:30:00'));
});

describe('a week', () => {
  const week: SessionSchedule = {
    ...fxWeek,
    timeZone: 'UTC',
    startTime: '08:00',
    endTime: '18:00',
    breakStart: null,
    breakEnd: null,
  };
  const at = (schedule: SessionSchedule, now: string) => {
    const { open, sessionStartMs, nextChangeMs } = scheduleAt(schedule, utc(now));
    return [open, sessionStartMs === null ? null : new Date(sessionStartMs).toISOString(), new Date(nextChangeMs).toISOString()];
  };

  // 2026-01-05 is a Monday.
  it.each<[string, number, number, string, string | null, string]>([
    ['from Monday to Friday', 1, 5, '2026-01-07T00:00:00', '2026-01-05T08:00:00.000Z', '2026-01-09T18:00:00.000Z'],
    ['on one day only', 1, 1, '2026-01-05T12:00:00', '2026-01-05T08:00:00.000Z', '2026-01-05T18:00:00.000Z'],
    ['on one day only, the day after', 1, 1, '2026-01-06T12:00:00', null, '2026-01-12T08:00:00.000Z'],
    [
      'from Friday over the weekend to Tuesday',
      5,
      2,
      '2026-01-06T17:59:59',
      '2026-01-02T08:00:00.000Z',
      '2026-01-06T18:00:00.000Z',
    ],
    ['from Sunday to Saturday', 0, 6, '2026-01-08T00:00:00', '2026-01-04T08:00:00.000Z', '2026-01-10T18:00:00.000Z'],
  ])('%s', (_what, startDay, endDay, now, start, change) => {
    expect(at({ ...week, startDay, endDay }, now)).toEqual([start !== null, start, change]);
  });

  it('that ends on its first day before it began is seven days long', () => {
    const whole: SessionSchedule = { ...week, startDay: 1, endDay: 1, startTime: '18:00', endTime: '08:00' };
    expect(at(whole, '2026-01-11T23:00:00')).toEqual([true, '2026-01-05T18:00:00.000Z', '2026-01-12T08:00:00.000Z']);
    expect(at(whole, '2026-01-12T09:00:00')).toEqual([false, null, '2026-01-12T18:00:00.000Z']);
    const full: SessionSchedule = { ...whole, endTime: '18:00' };
    expect(at(full, '2026-01-12T17:59:59')).toEqual([true, '2026-01-05T18:00:00.000Z', '2026-01-12T18:00:00.000Z']);
  });

  it.each([
    ['16:00', null],
    [null, '16:00'],
  ])('has no break of which only one end is known: %s to %s', (breakStart, breakEnd) => {
    expect(at({ ...week, startDay: 1, breakStart, breakEnd }, '2026-01-06T16:30:00')[0]).toBe(true);
  });

  it('a day has no break', () => {
    expect(at({ ...week, kind: 'daily', breakStart: '12:00', breakEnd: '13:00' }, '2026-01-06T12:30:00')).toEqual([
      true,
      '2026-01-06T08:00:00.000Z',
      '2026-01-06T18:00:00.000Z',
    ]);
  });
});
