/**
 * A million mutated frames (or as many as the first argument says) through a session: nothing is thrown, nothing hangs, memory stays flat.
 * Prints figures, and ends with 1 when one of the three does not hold.
 *
 *   npm run fuzz [-- FRAMES [SEED]]
 */
import { fuzzSession } from './fuzz-session.ts';

/** Longest time for one frame, ms: far above what any takes, far below what a person would call a hang. */
const HANG_MS = 1_000;
/** Growth between the first and the last quarter of the run, bytes: the least of each, because buffers are freed some time after collection. */
const GROWTH_BYTES = 8 * 1024 * 1024;

const frames = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const collect = globalThis.gc;
if (collect === undefined) throw new Error('start this with node --expose-gc');

const heap: number[] = [];
const sample = (done: number): void => {
  if (done % Math.ceil(frames / 20) !== 0) return;
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  heap.push(heapUsed + arrayBuffers);
};
const from = performance.now();
const figures = fuzzSession(seed, frames, sample);
const seconds = (performance.now() - from) / 1000;
const early = Math.min(...heap.slice(0, 5));
const late = Math.min(...heap.slice(-5));
const mb = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

console.log(`seed ${seed}: ${figures.frames.toLocaleString('en-US')} mutated frames in ${seconds.toFixed(1)} s, nothing thrown`);
console.log(
  `delivered ${figures.delivered}, garbled ${figures.garbled}, rejected ${figures.rejects}, sent ${figures.sent}, disconnects ${figures.disconnects}`,
);
console.log(
  `slowest frame ${figures.slowestMs.toFixed(1)} ms; heap and buffers ${mb(early)} early, ${mb(late)} late; resident ${mb(process.memoryUsage().rss)}`,
);
if (figures.slowestMs > HANG_MS || late - early > GROWTH_BYTES) {
  console.log('FAIL: a frame hung, or memory grew');
  process.exitCode = 1;
}
