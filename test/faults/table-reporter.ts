import { writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import type { FaultRow } from './fault-rows.ts';

const FILE = 'docs/faults.md';
const HEAD = `# What was put to the console, and what became of it

Written by \`VFXLP_WRITE_FAULTS=1 npm run test:faults\`: a built console, real engines, PostgreSQL, NATS, stunnel and LPs that count.
After each fault the console is whole again, with the same sequence numbers as the LP, and every message is in its FIX log; but not where a console is
killed with all its processes (the one that writes the logs takes the lines of its last 50 ms with it), or the disk of the logs or the descriptors are attacked.
`;

const cells = (...values: readonly string[]): string => `| ${values.map((value) => value.replaceAll('|', '\\|')).join(' | ')} |`;

const late = (test: TestCase): string => ((test.diagnostic()?.retryCount ?? 0) > 0 ? '(late the first time) ' : '');

function line(test: TestCase, row: FaultRow | undefined): string {
  const { state } = test.result();
  const [area, name] = [row?.area ?? test.module.relativeModuleId.replace(/^.*\/|\.test\.ts$/g, ''), row?.fault ?? test.name];
  if (row === undefined || row.skipped !== null) {
    const skipped = row?.skipped ?? null;
    const why = skipped === null ? (state === 'skipped' ? 'NOT PUT' : 'FAILED') : `SKIPPED: ${skipped}`;
    return cells(area, name, '–', '–', why, '–', '–');
  }
  const bounded = row.limitMs > 0;
  const shown = row.shownMs === null ? 'NOT SHOWN' : bounded ? `${Math.round(row.shownMs)} ms` : '–';
  const words = row.words
    .replaceAll(/[^\x20-\x7e“”–]/g, ' ')
    // What differs from run to run.
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replaceAll(/test_[0-9a-f]{12}/g, 'vfxlp')
    .replaceAll(/process \d+/g, 'process PID')
    .replaceAll(process.execPath, 'node')
    .replaceAll(/ +/g, ' ')
    .slice(0, 140);
  return cells(
    area,
    name,
    shown,
    bounded ? `${row.limitMs} ms` : '–',
    state === 'passed' ? `${late(test)}${words}` : `FAILED ${words}`,
    row.lost,
    row.leftOver,
  );
}

/** Prints the table of faults, a line for each; with VFXLP_WRITE_FAULTS=1 the README's copy of it is written, too. */
export default class FaultTable implements Reporter {
  /** A sign of life: a run takes minutes. */
  onTestCaseResult(test: TestCase): void {
    console.log(line(test, test.meta().faultRow));
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const lines = [
      cells('attacked', 'fault', 'shown within', 'limit', 'in these words', 'lost', 'left over'),
      '|---|---|---|---|---|---|---|',
    ];
    const failures: string[] = [];
    const times: string[] = [];
    for (const module of modules) {
      for (const error of module.errors()) failures.push(error.message);
      times.push(
        `${module.relativeModuleId.replace(/^.*\/|\.test\.ts$/g, '')} ${Math.round(module.diagnostic().duration / 1_000)} s`,
      );
      for (const test of module.children.allTests()) {
        lines.push(line(test, test.meta().faultRow));
        const { errors } = test.result();
        if (errors !== undefined && errors.length > 0)
          failures.push(
            `FAILED ${test.fullName}\n${errors.map(({ message, stack }) => `${message}\n${stack ?? ''}`).join('\n')}`,
          );
      }
    }
    const table = lines.join('\n');
    console.log(`\n${table}\n\nTook: ${times.join(', ')}\n`);
    for (const failure of failures) console.log(`${failure}\n`);
    for (const error of unhandled) console.error(error);
    if (process.env['VFXLP_WRITE_FAULTS'] === '1') writeFileSync(FILE, `${HEAD}\n${table}\n`);
  }
}
