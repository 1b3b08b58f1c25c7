import { readdirSync, readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { isErrno } from '../../../main/base/errors.ts';

const FRAMES_FOR_MS = 10_000;

/** Frames of a page over ten seconds: how many a second, and the longest pause between two. */
export async function framesPerSecond(page: Page): Promise<string> {
  const gaps = await page.evaluate(
    (forMs) =>
      new Promise<number[]>((done) => {
        const gaps: number[] = [];
        const beganMs = performance.now();
        let lastMs = beganMs;
        const frame = (nowMs: number): void => {
          gaps.push(nowMs - lastMs);
          lastMs = nowMs;
          if (nowMs - beganMs < forMs) requestAnimationFrame(frame);
          else done(gaps.slice(1));
        };
        requestAnimationFrame(frame);
      }),
    FRAMES_FOR_MS,
  );
  const totalMs = gaps.reduce((sum, gap) => sum + gap, 0);
  return `${((gaps.length * 1000) / totalMs).toFixed(1)} (longest pause ${Math.round(Math.max(...gaps))} ms)`;
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly commandLine: string;
}

function processes(): readonly Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const commandLine = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const [, parent = '0'] = /\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
      return [{ pid: Number(name), parent: Number(parent), commandLine }];
    } catch (error) {
      // It ended meanwhile.
      if (isErrno(error)) return [];
      throw error;
    }
  });
}

/** Proportional set size of a process, MB. */
export function pssMb(pid: number): number {
  const [, kb = '0'] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
  return Math.round(Number(kb) / 1024);
}

/** The application's processes, each with its PSS in MB. @param main process id of the application */
export function memoryMb(main: number): readonly (readonly [what: string, mb: number])[] {
  const all = processes();
  const below = new Set([main]);
  for (let size = 0; size < below.size; ) {
    size = below.size;
    for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
  }
  const of = (what: string, part: RegExp): readonly (readonly [string, number])[] =>
    all.filter(({ pid, commandLine }) => below.has(pid) && part.test(commandLine)).map(({ pid }) => [what, pssMb(pid)] as const);
  return [['main', pssMb(main)], ...of('renderer', /--type=renderer/), ...of('GPU process', /--type=gpu-process/)];
}
