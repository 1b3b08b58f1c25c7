import { expect, test } from 'vitest';
import { LiveNumbers } from '../../../../main/sessions/lp/live-numbers.ts';
import { statsOf } from '../../../support/fake-engine.ts';

test('what is known last of a session are the numbers after its Logouts, not those of the sample before', () => {
  const live = new LiveNumbers();
  live.onReport({ type: 'stats', stats: statsOf({ nextIn: 430, nextOut: 2 }) }, 1_000);
  const numbers = { nextIn: 434, nextOut: 3 };
  const reason = { code: 'killed', detail: 'admin: runaway' } as const;
  live.onReport({ type: 'disconnected', reason, wasLoggedOn: true, logoutAnswered: true, ...numbers }, 1_100);
  live.stopped();
  expect(live).toMatchObject(numbers);
  expect(live.stats).toMatchObject({ ...numbers, inPerSecond: 0 });
});
