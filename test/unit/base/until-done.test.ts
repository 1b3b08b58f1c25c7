import { expect, it } from 'vitest';
import { untilDone } from '../../../main/base/until-done.ts';
import { FakeClock } from '../../support/fake-clock.ts';

/** Fails as often as it is told; each attempt has the time at which it came. */
function failing(times: number) {
  const clock = new FakeClock(0);
  const attempts: number[] = [];
  const failures: unknown[] = [];
  const attempt = async (): Promise<void> => {
    attempts.push(clock.nowMs());
    if (attempts.length <= times) throw new Error(`failure ${attempts.length}`);
  };
  let ready = false;
  const running = untilDone(clock, 2_000, attempt, (error) => failures.push(error));
  void running.ready.then(() => {
    ready = true;
  });
  return { clock, attempts, failures, running, isReady: () => ready };
}

it('tries at once, and again after a pause until it is done', async () => {
  const { clock, attempts, failures, isReady } = failing(2);
  await clock.advance(3_999);
  expect([attempts, isReady()]).toEqual([[0, 2_000], false]);
  await clock.advance(1);
  expect([attempts, isReady()]).toEqual([[0, 2_000, 4_000], true]);
  expect(failures).toEqual([new Error('failure 1'), new Error('failure 2')]);
  await clock.advance(60_000);
  expect(attempts).toHaveLength(3);
});

it('tries no more once it is stopped, and is not ready then', async () => {
  const { clock, attempts, running, isReady } = failing(1);
  await clock.advance(1_000);
  running.stop();
  await clock.advance(60_000);
  expect([attempts, isReady(), clock.waiting]).toEqual([[0], false, 0]);
});
