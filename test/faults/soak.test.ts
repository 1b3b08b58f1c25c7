import { expect, test } from 'vitest';
import { soak } from '../soak/soak.ts';
import { seedOf } from '../support/random.ts';
import type { FaultRow } from './fault-rows.ts';

const SECONDS = 60;

test('a minute of random faults and orders', async ({ task }) => {
  const seed = seedOf('VFXLP_SEED');
  const row: FaultRow = {
    area: 'soak',
    fault: task.name,
    shownMs: 0,
    limitMs: 0,
    words: `seed ${seed}`,
    lost: '?',
    leftOver: '?',
    skipped: null,
  };
  task.meta.faultRow = row;
  const lines: string[] = [];
  try {
    const taken = await soak({ seed, seconds: SECONDS, lps: 4, say: (line) => lines.push(line) });
    expect(taken.size).toBeGreaterThan(5);
  } catch (error) {
    console.log(lines.join('\n'));
    throw error;
  }
  row.lost = 'nothing';
  row.leftOver = 'nothing';
  row.words = `seed ${seed}, ${lines.length} steps`;
}, 240_000);
