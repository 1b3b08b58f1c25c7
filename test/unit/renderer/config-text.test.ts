import { expect, test } from 'vitest';
import type { SessionSchedule } from '../../../main/contracts/lp-config.ts';
import { configGroups } from '../../../renderer/store/config-text.ts';
import { scheduleText } from '../../../renderer/store/schedule-text.ts';
import { fakeConfig } from '../../support/fake-lps.ts';
import { loggedOn } from './lp-views.ts';

const week: SessionSchedule = {
  kind: 'weekly',
  timeZone: 'America/New_York',
  startDay: 0,
  endDay: 5,
  startTime: '17:05',
  endTime: '16:55',
  breakStart: '16:58',
  breakEnd: '17:04',
};

test('schedules in words', () => {
  expect(scheduleText(null)).toBe('always on');
  expect(scheduleText(week)).toBe('Sun 17:05 to Fri 16:55, break 16:58–17:04 America/New_York');
  expect(scheduleText({ ...week, kind: 'daily', breakStart: null, breakEnd: null })).toBe('daily 17:05–16:55 America/New_York');
});

test('the tunnel is shown for SSL only', () => {
  const titles = (ssl: boolean) => configGroups(fakeConfig(loggedOn({ ssl }))).map((group) => group.title);
  expect(titles(false)).toEqual(['Connection', 'Session', 'Schedule', 'Reconnect']);
  expect(titles(true)).toContain('Tunnel');
});

test('a tunnel that verifies nothing says so', () => {
  const config = fakeConfig(loggedOn({ ssl: true }));
  const groups = configGroups({ ...config, tunnel: { ...config.tunnel, verify: 'none' } });
  expect(groups.flatMap((group) => group.rows)).toContainEqual(['Verify', 'NOTHING: for tests only']);
});

test('a new password that waits is said, and not shown', () => {
  const rows = (hasNewPassword: boolean) =>
    configGroups({ ...fakeConfig(loggedOn()), hasNewPassword }).flatMap((group) => group.rows);
  expect(rows(true)).toContainEqual(['NewPassword', 'stored, sent with the next Logon']);
  expect(rows(false)).toContainEqual(['NewPassword', '–']);
});
