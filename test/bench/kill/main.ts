/**
 * How fast the kill switch is, on this machine, as Markdown: what was measured beside what must be reached. Build first: `npm run build`.
 *
 *   npm run bench:kill                            every row, about twelve minutes
 *   npm run bench:kill -- --only kill --only click   some rows
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { fromTheClick } from './click.ts';
import type { KillDesk } from './kill-desk.ts';
import { type Figure, killAll, killFromOutside, killWedged, oneKill } from './kill-figures.ts';
import { manyLps } from './many-lps.ts';
import { takeOver } from './take-over.ts';

const mend = (desk: KillDesk) => desk.link.mend();

const ROWS: Readonly<Record<string, () => Promise<Figure[]>>> = {
  kill: () => oneKill(''),
  click: fromTheClick,
  'database-down': () => oneKill(', database down', (desk) => desk.link.refuse(), mend),
  'database-hanging': () => oneKill(', database hanging', (desk) => desk.link.cut(), mend),
  'database-far': () =>
    oneKill(
      ', database 80 ms away',
      (desk) => desk.link.delay(40),
      (desk) => desk.link.delay(0),
    ),
  'nats-down': () =>
    oneKill(
      ', NATS down',
      (desk) => desk.nats?.kill(),
      (desk) => desk.nats?.start(),
      true,
    ),
  'kill-all': async () => [...(await killAll('up', 0)), ...(await killAll('down', 0))],
  'kill-all-busy': () => killAll('up', 20),
  wedged: killWedged,
  vfxlp: killFromOutside,
  'take-over': takeOver,
  many: manyLps,
};

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
const chosen = values.only ?? Object.keys(ROWS);
const figures: Figure[] = [];
const line = ({ figure, measured, mustReach, pass }: Figure): string =>
  `| ${figure} | ${measured} | ${mustReach} | ${pass ? 'PASS' : 'SHORT'} |`;
for (const name of chosen) {
  const from = figures.length;
  const row = ROWS[name];
  if (row === undefined) throw new Error(`--only ${name}: give one of ${Object.keys(ROWS).join(', ')}`);
  process.stderr.write(`${name} …\n`);
  try {
    figures.push(...(await row()));
  } catch (error) {
    figures.push({
      figure: name,
      measured: `FAILED: ${error instanceof Error ? error.message : String(error)}`,
      mustReach: '',
      pass: false,
    });
  }
  for (const figure of figures.slice(from)) process.stderr.write(`${line(figure)}\n`);
}

console.log(`\n${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.versions.node}\n`);
console.log('| figure | measured | must reach | |\n|---|---|---|---|');
for (const figure of figures) console.log(line(figure));
process.exit(0);
