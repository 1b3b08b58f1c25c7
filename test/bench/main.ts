/**
 * Compares the engine with QuickFIX C++ and stock jspurefix on this machine, over loopback, in one run, and prints the table of figures that the
 * FIX layer must reach, as Markdown. Ours and QuickFIX run with message store, FIX log and dictionary validation on. The parties take turns, each
 * turn with a process of its own, and what counts is the median of the turns. Build first: `npm run build`.
 *
 *   npm run bench            everything, about ten minutes
 *   npm run bench -- quick   one turn of everything, for a first look
 *   npm run bench -- --against ../other    every figure of ours against that of another checkout, which has been built, turn about
 */
import { cpus } from 'node:os';
import { rowsAgainst } from './against.ts';
import {
  heartbeatsOnTime,
  messagesPerSecond,
  type Rates,
  resentPerSecond,
  roundTrips,
  startAndFootprint,
  type Trips,
} from './figures.ts';
import { Bench, type Party } from './parties.ts';
import {
  FIRST_TRIPS,
  inTurns,
  LATER_TRIPS,
  MESSAGES,
  micros,
  NAMES,
  printTable,
  type Row,
  type Sizes,
  say,
  thousands,
  WARM_ROUNDS,
} from './turns.ts';

const quick = process.argv.includes('quick');
const against = process.argv.includes('--against') ? process.argv[process.argv.indexOf('--against') + 1] : undefined;
const FULL: Sizes = { turns: 7, resend: 100_000, engines: 60, heartbeatSeconds: 20, footprints: 7, idleMs: 3_000 };
const QUICK: Sizes = { turns: 1, resend: 20_000, engines: 20, heartbeatSeconds: 5, footprints: 3, idleMs: 1_500 };
const SIZES = quick ? QUICK : FULL;
/** jspurefix is slow enough to be measured with fewer messages. */
const JSPUREFIX_MESSAGES = 25_000;

async function throughput(bench: Bench, mix: 'W' | '8'): Promise<Row[]> {
  say(`35=${mix}, messages a second`);
  const rate = await inTurns<Rates>(
    ['quickfix', 'ours', 'jspurefix', 'jspurefix bare'],
    SIZES.turns,
    (party) => messagesPerSecond(bench, party, mix, party.startsWith('jspurefix') ? JSPUREFIX_MESSAGES : MESSAGES, WARM_ROUNDS),
    ({ cold, warm }) => `first ${thousands(cold)}, later ${thousands(warm)}`,
  );
  const row = (party: Party, when: 'cold' | 'warm', factor: number): Row => {
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
    row('quickfix', 'warm', 3),
    row('quickfix', 'cold', 4),
    row('jspurefix', 'warm', 10),
    row('jspurefix bare', 'warm', 10),
  ];
}

async function tripRows(bench: Bench): Promise<Row[]> {
  say('TestRequest → Heartbeat on an idle session');
  const trip = await inTurns<{ readonly cold: Trips; readonly warm: Trips }>(
    ['quickfix', 'ours'],
    SIZES.turns,
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
  say('start and memory');
  const rss: number[] = [];
  const print = await inTurns(
    ['ours'],
    SIZES.footprints,
    (party) => startAndFootprint(bench, party, SIZES.idleMs),
    ({ startMs, rssMb }) => {
      rss.push(rssMb);
      return `start ${startMs.toFixed(0)} ms, ${rssMb.toFixed(1)} MB`;
    },
  );
  const start = print('ours', ({ startMs }) => startMs);
  const most = Math.max(...rss);
  return [
    { figure: 'resident memory, idle engine', ours: `${most.toFixed(1)} MB`, others: '', target: '≤ 80 MB', pass: most <= 80 },
    { figure: 'engine start → Logon sent', ours: `${start.toFixed(0)} ms`, others: '', target: '≤ 300 ms', pass: start <= 300 },
  ];
}

async function heartbeats(bench: Bench): Promise<Row> {
  const result = await heartbeatsOnTime(bench, 'ours', SIZES.engines, SIZES.heartbeatSeconds);
  const share = (100 * (result.within50 ?? 0)) / (result.heartbeats ?? 0);
  say(`heartbeats: ${JSON.stringify(result)}`);
  return {
    figure: `heartbeats within 50 ms of due, ${SIZES.engines} engines at 1 s on ${cpus().length} cores`,
    ours: `${share.toFixed(2)} % (p99 ${result.p99Ms} ms)`,
    others: '',
    target: '≥ 99 %',
    pass: share >= 99,
  };
}

async function resend(bench: Bench): Promise<Row> {
  say('resend, messages a second');
  const rate = await inTurns<number>(
    ['quickfix', 'ours'],
    SIZES.turns,
    (party) => resentPerSecond(bench, party, SIZES.resend, 3),
    thousands,
  );
  const ours = rate('ours', (value) => value);
  const other = rate('quickfix', (value) => value);
  return {
    figure: `resend of ${thousands(SIZES.resend)} stored messages, a second, against QuickFIX C++`,
    ours: thousands(ours),
    others: `${thousands(other)} (${(ours / other).toFixed(1)} ×)`,
    target: '≥ 1 ×',
    pass: ours >= other,
  };
}

const bench = await Bench.open(against);
const rows: Row[] = [];
try {
  if (against !== undefined) rows.push(...(await rowsAgainst(bench, SIZES)));
  else {
    rows.push(...(await throughput(bench, 'W')), ...(await throughput(bench, '8')));
    rows.push(...(await tripRows(bench)), ...(await footprint(bench)), await heartbeats(bench), await resend(bench));
  }
} finally {
  await bench.end();
}
printTable(rows, SIZES.turns);
