import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Door } from '../../../main/operations/door.ts';
import { Tokens } from '../../../main/operations/tokens.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryLog } from './operations-on.ts';

const OWN = 'the-token-of-the-console';

let folder: string;
let clock: ManualClock;
let log: MemoryLog;
let door: Door;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vfxlp-door-'));
  clock = new ManualClock();
  log = new MemoryLog();
  door = new Door(new Tokens(join(folder, 'tokens.json'), OWN, clock), clock, log);
});
afterEach(() => rmSync(folder, { recursive: true }));

const wrong = (times: number, from = '10.0.0.9') => {
  for (let i = 0; i < times; i++) expect(door.identify(`wrong-${i}`, from)).toBeNull();
};

test('wrong tokens are counted, and logged once a minute and address without the token', async () => {
  wrong(500);
  wrong(3, '10.0.0.8');
  expect(door.refused).toBe(503);
  expect(log.lines).toMatchObject([{ level: 'warn', details: { from: '10.0.0.9' } }, { details: { from: '10.0.0.8' } }]);
  await clock.advance(60_000);
  wrong(1);
  expect(log.lines.at(-1)).toMatchObject({ details: { from: '10.0.0.9', refusedBefore: 500, refusedInAll: 504 } });
  expect(log.lines).toHaveLength(3);
  expect(JSON.stringify(log.lines)).not.toContain('wrong-');
});

test('from the eleventh on an answer waits a second, at most 32 at a time, and the right token never does', async () => {
  wrong(10);
  expect(await door.penalty('10.0.0.9')).toBe(true);
  expect(clock.timers).toBe(0);
  wrong(40);
  const answers: boolean[] = [];
  for (let i = 0; i < 40; i++) void door.penalty('10.0.0.9').then((answer) => answers.push(answer));
  await clock.advance(999);
  expect(answers).toEqual(Array(8).fill(false));
  expect(door.identify(OWN, '10.0.0.9')).toMatchObject({ name: 'admin' });
  await clock.advance(1);
  expect(answers.filter((answer) => answer)).toHaveLength(32);
  expect(await door.penalty('10.0.0.8')).toBe(true);
});
