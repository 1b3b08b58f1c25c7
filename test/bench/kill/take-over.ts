import { spawn } from 'node:child_process';
import type { Figure } from './kill-figures.ts';

const DEATHS_OF_A_KIND = 7;

/** Those rows of the fault suite, with more deaths. They fail on an overlap. */
export async function takeOver(): Promise<Figure[]> {
  const args = ['vitest', 'run', '--project', 'faults', 'test/faults/consoles.test.ts', '-t', 'the owner'];
  const child = spawn('npx', args, {
    env: { ...process.env, VFXLP_TEST_DEATHS: String(DEATHS_OF_A_KIND) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const code = await new Promise((ended) => child.once('close', ended));
  return ['killed', 'frozen', 'cut off from the database'].map((death) => {
    const took = [...output.matchAll(new RegExp(`${death}: taken over after (\\d+) ms`, 'g'))].map(([, value]) => Number(value));
    const longest = Math.max(...took);
    return {
      figure: `take-over, other host, its owner ${death}: longest of ${took.length}; overlaps`,
      measured: `${(longest / 1_000).toFixed(1)} s; ${code === 0 ? '0' : 'a test failed'}`,
      mustReach: '≤ 8 s; 0',
      pass: code === 0 && took.length === DEATHS_OF_A_KIND && longest <= 8_000,
    };
  });
}
