/**
 * The desktop application on this machine: start, memory, frames. Prints Markdown. Build first: `npm run build`; for the package's size also `npm run package:dir`.
 *
 *   npm run bench:desktop                    every row, about four minutes
 *   npm run bench:desktop -- --only start    some: start, memory, frames, package
 *   npm run bench:desktop -- --starts 9      of the application, for the medians (default 5)
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { requireElectron } from '../../support/electron/electron.ts';
import { median } from '../parties.ts';
import { BenchDesk } from './bench-desk.ts';
import { framesPerSecond, memoryMb, pssMb } from './window-figures.ts';

type Row = readonly [figure: string, measured: string];

const PACKAGE = 'packages/linux-unpacked';
const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, starts: { type: 'string', default: '5' } } });
const starts = Number(values.starts);
const spread = (numbers: readonly number[]): string =>
  `${Math.round(median(numbers))} ms (${Math.round(Math.min(...numbers))}–${Math.round(Math.max(...numbers))})`;

/** Starts on an existing database, with one LP that logs on by itself. */
async function start(desk: BenchDesk): Promise<Row[]> {
  await desk.run(() => desk.addLps(1, 1));
  const seen: { readyToPaint: number; beginToPaint: number; beginToLoggedOn: number }[] = [];
  for (let n = 0; n < starts; n += 1) await desk.run(async (app) => seen.push(await desk.startFigures(app)));
  return [
    [`app ready → first paint, median of ${starts} (least–most)`, spread(seen.map(({ readyToPaint }) => readyToPaint))],
    ['process began → first paint', spread(seen.map(({ beginToPaint }) => beginToPaint))],
    ['process began → first LP LOGGED ON', spread(seen.map(({ beginToLoggedOn }) => beginToLoggedOn))],
  ];
}

async function memory(desk: BenchDesk): Promise<Row[]> {
  const rows: Row[] = [];
  await desk.run(async (app) => {
    await desk.addLps(1, 1);
    await app.page();
    const engine = await desk.enginePid();
    if (engine !== null) rows.push(['an engine, utility process, PSS', `${pssMb(engine)} MB`]);
    rows.push(...memoryMb(app.pid).map(([what, mb]): Row => [`${what}, PSS`, `${mb} MB`]));
  });
  await desk.headless(async (enginePid) => {
    rows.push(['an engine, forked, PSS', `${pssMb(enginePid)} MB`]);
  });
  return rows;
}

async function frames(desk: BenchDesk): Promise<Row[]> {
  let idle = '';
  let busy = '';
  await desk.run(async (app) => {
    const page = await app.page();
    idle = await framesPerSecond(page);
    await desk.addLps(8, 500);
    busy = await framesPerSecond(page);
  });
  return [
    ['frames a second of the overview, no LP', idle],
    ['the same with 8 LPs × 500 messages a second', busy],
  ];
}

function size(): Row[] {
  if (!existsSync(PACKAGE)) return [['package', 'not built: npm run package:dir']];
  const kb = Number.parseInt(execFileSync('du', ['-sk', PACKAGE], { encoding: 'utf8' }), 10);
  return [['package, unpacked', `${Math.round(kb / 1024)} MB`]];
}

/** A data folder of its own for each row. */
const on = (row: (desk: BenchDesk) => Promise<Row[]>) => async (): Promise<Row[]> => {
  const desk = await BenchDesk.open();
  try {
    return await row(desk);
  } finally {
    await desk.close();
  }
};

const ROWS: Readonly<Record<string, () => Promise<Row[]>>> = {
  start: on(start),
  memory: on(memory),
  frames: on(frames),
  package: async () => size(),
};
const { what } = await requireElectron();
console.log(`${what}, ${cpus().length} × ${cpus()[0]?.model ?? ''}\n\n| | |\n|---|---|`);
for (const name of values.only ?? Object.keys(ROWS)) {
  const row = ROWS[name];
  if (row === undefined) throw new Error(`--only ${name}: give one of ${Object.keys(ROWS).join(', ')}`);
  for (const [figure, measured] of await row()) console.log(`| ${figure} | ${measured} |`);
}
