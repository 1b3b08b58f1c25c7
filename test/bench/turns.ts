import { cpus } from 'node:os';
import { median, type Party } from './parties.ts';

export interface Row {
  readonly figure: string;
  readonly ours: string;
  readonly others: string;
  readonly target: string;
  /** Null: shown, without a target. */
  readonly pass: boolean | null;
}

/** How much is measured. */
export interface Sizes {
  readonly turns: number;
  readonly resend: number;
  readonly engines: number;
  readonly heartbeatSeconds: number;
  readonly footprints: number;
  readonly idleMs: number;
}

export const MESSAGES = 200_000;
export const WARM_ROUNDS = 2;
export const FIRST_TRIPS = 300;
export const LATER_TRIPS = 3_000;

export const NAMES: Record<Party, string> = {
  ours: 'ours',
  before: 'the other checkout',
  quickfix: 'QuickFIX C++',
  jspurefix: 'stock jspurefix',
  'jspurefix bare': 'stock jspurefix without any log',
};

export const thousands = (value: number): string => Math.round(value).toLocaleString('en-US');
export const micros = (value: number): string => `${value.toFixed(0)} µs`;
export const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Every party in every turn, one after the other: what the machine does besides concerns all of them. Answers medians of the turns. */
export async function inTurns<T>(
  parties: readonly Party[],
  turns: number,
  measure: (party: Party) => Promise<T>,
  told: (value: T) => string,
): Promise<(party: Party, pick: (value: T) => number) => number> {
  const values = new Map<Party, T[]>(parties.map((party) => [party, []]));
  for (let turn = 1; turn <= turns; turn += 1) {
    for (const party of parties) {
      const value = await measure(party);
      values.get(party)?.push(value);
      say(`  turn ${turn} of ${turns}, ${NAMES[party]}: ${told(value)}`);
    }
  }
  return (party, pick) => median((values.get(party) ?? []).map(pick));
}

export function printTable(rows: readonly Row[], turns: number): void {
  const [cpu] = cpus();
  console.log(
    `\n${cpu?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.versions.node}, medians of ${turns} turns:\n`,
  );
  console.log('| figure | ours | the other (ratio) | target | |\n|---|---|---|---|---|');
  for (const { figure, ours, others, target, pass } of rows) {
    console.log(`| ${figure} | ${ours} | ${others} | ${target} | ${pass === null ? '' : pass ? 'PASS' : 'SHORT'} |`);
  }
}
