/**
 * Compares the engine with QuickFIX C++ and stock jspurefix on this machine, over loopback, in one run, and prints the table of figures that the
 * FIX layer must reach, as Markdown. Ours and QuickFIX run with message store, FIX log and dictionary validation on. The parties take turns, each
 * turn with a process of its own, and what counts is the median of the turns. Build first: `npm run build`.
 *
 *   npm run bench            everything, about ten minutes
 *   npm run bench -- quick   one turn of everything, for a first look
 */
import { cpus } from 'node:os';
import {
  heartbeatsOnTime,
  messagesPerSecond,
  type Rates,
  resentPerSecond,
  roundTrips,
  startAndFootprint,
  type Trips,
} from './figures.ts';
import { Bench, median, type Party } from './parties.ts';

interface Row {
  readonly figure: string;
  readonly ours: string;
  readonly others: string;
  readonly target: string;
  /** Null: shown, without a target. */
  readonly pass: boolean | null;
}

const quick = process.argv.includes('quick');
const TURNS = quick ? 1 : 7;
const MESSAGES = 200_000;
/** jspurefix is slow enough to be measured with fewer messages. */
const JSPUREFIX_MESSAGES = 25_000;
const WARM_ROUNDS = 2;
const FIRST_TRIPS = 300;
const LATER_TRIPS = 3_000;
const RESEND = quick ? 20_000 : 100_000;
const ENGINES = quick ? 20 : 60;
const HEARTBEAT_SECONDS = quick ? 5 : 20;

const NAMES: Record<Party, string> = {
  ours: 'ours',
  quickfix: 'QuickFIX C++',
  jspurefix: 'stock jspurefix',
  'jspurefix bare': 'stock jspurefix without any log',
};

const thousands = (value: number): string => Math.round(value).toLocaleString('en-US');
const micros = (value: number): string => `${value.toFixed(0)} µs`;
const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Every party in every turn, one after the other: what the machine does besides concerns all of them. */
async function inTurns<T>(
  parties: readonly Party[],
  measure: (party: Party) => Promise<T>,
  told: (value: T) => string,
): Promise<(party: Party, pick: (value: T) => number) => number> {
  const values = new Map<Party, T[]>(parties.map((party) => [party, []]));
  for (let turn = 1; turn <= TURNS; turn += 1) {
    for (const party of parties) {
      const value = await measure(party);
      values.get(party)?.push(value);
      say(`  turn ${turn} of ${TURNS}, ${NAMES[party]}: ${told(value)}`);
    }
  }
  return (party, pick) => median((values.get(party) ?? []).map(pick));
}

async function throughput(bench: Bench, mix: 'W' | '8'): Promise<Row[]> {
  say(`35=${mix}, messages a second`);
  const rate = await inTurns<Rates>(
    ['quickfix', 'ours', 'jspurefix', 'jspurefix bare'],
    (party) => messagesPerSecond(bench, party, mix, party.startsWith('jspurefix') ? JSPUREFIX_MESSAGES : MESSAGES, WARM_ROUNDS),
    ({ cold, warm }) => `first ${thousands(cold)}, later ${thousands(warm)}`,
  );
  const against = (party: Party, when: 'cold' | 'warm', factor: number): Row => {
    const ours = rate('ours', (rates) => rates[when]);
    const other = rate(party, (rates) => rates[when]);
    const which = when === 'cold' ? `, the first ${thousands(MESSAGES)} after the Logon` : '';
    return {
      figure: `35=${mix} messages a second${which}, against ${NAMES[party]}`,
      ours: thousands(ours),
      others: `${thousands(other)} (${(ours / other).toFixed(1)} ×)`,
      target: `≥ ${factor} ×`,
      pass: ours >= factor * other,
    };
  };
  return [
    against('quickfix', 'warm', 3),
    against('quickfix', 'cold', 4),
    against('jspurefix', 'warm', 10),
    // As a measure: no one runs a session without any log.
    { ...against('jspurefix bare', 'warm', 1), target: '', pass: null },
  ];
}

async function tripRows(bench: Bench): Promise<Row[]> {
  say('TestRequest → Heartbeat on an idle session');
  const trip = await inTurns<{ readonly cold: Trips; readonly warm: Trips }>(
    ['quickfix', 'ours'],
    (party) => roundTrips(bench, party, FIRST_TRIPS, LATER_TRIPS),
    ({ cold, warm }) =>
      `first ${FIRST_TRIPS} p50 ${micros(cold.p50)} p99 ${micros(cold.p99)}, later p50 ${micros(warm.p50)} p99 ${micros(warm.p99)}`,
  );
  const row = (when: 'cold' | 'warm', percentile: 'p50' | 'p99', factor: number | null): Row => {
    const ours = trip('ours', (trips) => trips[when][percentile]);
    const other = trip('quickfix', (trips) => trips[when][percentile]);
    const which = when === 'cold' ? `the first ${FIRST_TRIPS} after the Logon` : 'later ones';
    return {
      figure: `TestRequest → Heartbeat, idle, ${which}, ${percentile}, against QuickFIX C++`,
      ours: micros(ours),
      others: `${micros(other)} (${(ours / other).toFixed(2)} ×)`,
      target: factor === null ? '' : `≤ ${factor} ×`,
      pass: factor === null ? null : ours <= factor * other,
    };
  };
  return [row('warm', 'p50', 1.1), row('warm', 'p99', 1.5), row('cold', 'p50', 1.2), row('cold', 'p99', null)];
}

async function footprint(bench: Bench): Promise<Row[]> {
  const { startMs, rssMb } = await startAndFootprint(bench, quick ? 3 : 7, quick ? 1500 : 3000);
  const start = median(startMs);
  const rss = Math.max(...rssMb);
  say(`start → Logon ms: ${startMs.map((ms) => ms.toFixed(0)).join(' ')}; RSS MB: ${rssMb.map((mb) => mb.toFixed(1)).join(' ')}`);
  return [
    { figure: 'resident memory, idle engine', ours: `${rss.toFixed(1)} MB`, others: '', target: '≤ 80 MB', pass: rss <= 80 },
    { figure: 'engine start → Logon sent', ours: `${start.toFixed(0)} ms`, others: '', target: '≤ 300 ms', pass: start <= 300 },
  ];
}

async function heartbeats(bench: Bench): Promise<Row> {
  const result = await heartbeatsOnTime(bench, ENGINES, HEARTBEAT_SECONDS);
  const share = (100 * (result.within50 ?? 0)) / (result.heartbeats ?? 0);
  say(`heartbeats: ${JSON.stringify(result)}`);
  return {
    figure: `heartbeats within 50 ms of due, ${ENGINES} engines at 1 s on ${cpus().length} cores`,
    ours: `${share.toFixed(2)} % (p99 ${result.p99Ms} ms)`,
    others: '',
    target: '≥ 99 %',
    pass: share >= 99,
  };
}

async function resend(bench: Bench): Promise<Row> {
  say('resend, messages a second');
  const rate = await inTurns<number>(['quickfix', 'ours'], (party) => resentPerSecond(bench, party, RESEND, 3), thousands);
  const ours = rate('ours', (value) => value);
  const other = rate('quickfix', (value) => value);
  return {
    figure: `resend of ${thousands(RESEND)} stored messages, a second, against QuickFIX C++`,
    ours: thousands(ours),
    others: `${thousands(other)} (${(ours / other).toFixed(1)} ×)`,
    target: '≥ 1 ×',
    pass: ours >= other,
  };
}

const bench = await Bench.open();
const rows: Row[] = [];
try {
  rows.push(...(await throughput(bench, 'W')), ...(await throughput(bench, '8')));
  rows.push(...(await tripRows(bench)), ...(await footprint(bench)), await heartbeats(bench), await resend(bench));
} finally {
  await bench.end();
}

const [cpu] = cpus();
console.log(
  `\n${cpu?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.versions.node}, medians of ${TURNS} turns:\n`,
);
console.log('| figure | ours | the other (ratio) | target | |\n|---|---|---|---|---|');
for (const { figure, ours, others, target, pass } of rows) {
  console.log(`| ${figure} | ${ours} | ${others} | ${target} | ${pass === null ? '' : pass ? 'PASS' : 'SHORT'} |`);
}
