/**
 * Random faults and orders against a running console, and what must hold throughout. Build first: `npm run build`.
 *
 *   npm run soak                  ten minutes, eight LPs
 *   npm run soak -- 60 --lps 20   an hour, twenty
 *   VFXLP_SEED=1234 npm run soak  the same steps again
 */
import { parseArgs } from 'node:util';
import { seedOf } from '../support/random.ts';
import { soak } from './soak.ts';

const { values, positionals } = parseArgs({ options: { lps: { type: 'string', default: '8' } }, allowPositionals: true });
const minutes = Number(positionals[0] ?? 10);
const seed = seedOf('VFXLP_SEED');
console.log(`VFXLP_SEED=${seed}, ${minutes} min, ${values.lps} LPs`);
try {
  const taken = await soak({ seed, seconds: minutes * 60, lps: Number(values.lps), say: (line) => console.log(line) });
  console.log([...taken].map(([step, times]) => `${step} ${times}`).join(', '));
  console.log('All held.');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
