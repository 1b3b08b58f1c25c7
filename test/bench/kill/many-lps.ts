import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesBelow } from '../../faults/footprint.ts';
import { KillDesk } from './kill-desk.ts';
import type { Figure } from './kill-figures.ts';

const LPS = 150;
const IDLE_SECONDS = 20;
/** Linux counts a process's time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** Processor time that a process has used, s. */
function cpuSeconds(pid: number): number {
  const [, fields = ''] = /^\d+ \(.*\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
  const columns = fields.split(' ');
  return (Number(columns[11]) + Number(columns[12])) / TICKS_PER_SECOND;
}

const pssMb = (pid: number): number =>
  Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) / 1024;

export async function manyLps(): Promise<Figure[]> {
  const desk = await KillDesk.open(LPS, 0);
  try {
    await sleep(10_000);
    const main = desk.serve.child.pid ?? -1;
    const engines = processesBelow(main)
      .filter(({ command }) => command.includes('--provider='))
      .map(({ pid }) => pid);
    const all = [main, ...engines];
    const before = all.map(cpuSeconds);
    await sleep(IDLE_SECONDS * 1_000);
    const used = all.map((pid, i) => cpuSeconds(pid) - (before[i] ?? 0));
    const percent = (100 * used.reduce((sum, each) => sum + each, 0)) / IDLE_SECONDS;
    const pss = engines.map(pssMb).sort((a, b) => a - b);
    const middle = pss[Math.floor(pss.length / 2)] ?? Number.NaN;
    const startS = desk.startMs / 1_000;
    return [
      {
        figure: `${LPS} LPs: console's start → all logged on`,
        measured: `${startS.toFixed(1)} s`,
        mustReach: '≤ 10 s',
        pass: startS <= 10,
      },
      {
        figure: `${LPS} LPs, HeartBtInt 30: idle CPU of main and engines, of one core`,
        measured: `${percent.toFixed(1)} % (main ${((100 * (used[0] ?? 0)) / IDLE_SECONDS).toFixed(1)} %)`,
        mustReach: '≤ 10 %',
        pass: percent <= 10,
      },
      {
        figure: `${LPS} LPs: memory of an engine (PSS), median`,
        measured: `${middle.toFixed(1)} MB`,
        mustReach: '≤ 17 MB',
        pass: middle <= 17,
      },
    ];
  } finally {
    await desk.close();
  }
}
