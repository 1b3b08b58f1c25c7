import { expect, test } from 'vitest';
import { LoopLag } from '../../../main/health/loop-lag.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const turn = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('an event loop that was held up for more than a second is said for a minute', async () => {
  const clock = new FakeClock();
  const lag = new LoopLag(clock);
  await turn(50);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_300);
  await turn(50);
  await clock.advance(5_000);
  expect(lag.health()).toMatchObject({ state: 'degraded', text: expect.stringMatching(/held up for 1\d\d\d ms/) });
  expect(lag.health().lagMs).toBeGreaterThan(1_200);
  for (let looks = 0; looks < 12; looks += 1) {
    expect(lag.health().state).toBe('degraded');
    await turn(30);
    await clock.advance(5_000);
  }
  expect(lag.health().state).toBe('ok');
  lag.close();
  expect(clock.waiting).toBe(0);
});
