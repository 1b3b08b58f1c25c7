import {
  heartbeatsOnTime,
  messagesPerSecond,
  type Rates,
  resentPerSecond,
  roundTrips,
  startAndFootprint,
  type Trips,
} from './figures.ts';
import type { Bench, Party } from './parties.ts';
import {
  FIRST_TRIPS,
  inTurns,
  LATER_TRIPS,
  MESSAGES,
  micros,
  type Row,
  type Sizes,
  say,
  thousands,
  WARM_ROUNDS,
} from './turns.ts';

const BOTH: readonly Party[] = ['before', 'ours'];
/** What two runs of the same code differ by on a machine that does something else besides. */
const NOISE = 1.1;

/** Every figure of ours against the same figure of another checkout that has been built, turn about on one machine. */
export async function rowsAgainst(bench: Bench, sizes: Sizes): Promise<Row[]> {
  const { turns } = sizes;
  const rows: Row[] = [];
  const add = (figure: string, ours: number, before: number, told: (value: number) => string, better: 'more' | 'less'): void => {
    const pass = better === 'more' ? ours * NOISE >= before : ours <= before * NOISE;
    const others = `${told(before)} (${(ours / before).toFixed(2)} ×)`;
    rows.push({ figure, ours: told(ours), others, target: better === 'more' ? 'no less' : 'no more', pass });
  };
  for (const mix of ['W', '8'] as const) {
    say(`35=${mix}, messages a second`);
    const rate = await inTurns<Rates>(
      BOTH,
      turns,
      (party) => messagesPerSecond(bench, party, mix, MESSAGES, WARM_ROUNDS),
      ({ cold, warm }) => `first ${thousands(cold)}, later ${thousands(warm)}`,
    );
    for (const when of ['warm', 'cold'] as const) {
      const of = (party: Party): number => rate(party, (rates) => rates[when]);
      const which = when === 'cold' ? `, the first ${thousands(MESSAGES)} after the Logon` : '';
      add(`35=${mix} messages a second${which}`, of('ours'), of('before'), thousands, 'more');
    }
  }
  say('TestRequest → Heartbeat on an idle session');
  const trip = await inTurns<{ readonly cold: Trips; readonly warm: Trips }>(
    BOTH,
    turns,
    (party) => roundTrips(bench, party, FIRST_TRIPS, LATER_TRIPS),
    ({ cold, warm }) =>
      `first p50 ${micros(cold.p50)} p99 ${micros(cold.p99)}, later p50 ${micros(warm.p50)} p99 ${micros(warm.p99)}`,
  );
  for (const when of ['warm', 'cold'] as const) {
    for (const percentile of ['p50', 'p99'] as const) {
      const of = (party: Party): number => trip(party, (trips) => trips[when][percentile]);
      const which = when === 'cold' ? `the first ${FIRST_TRIPS} after the Logon` : 'later ones';
      add(`TestRequest → Heartbeat, idle, ${which}, ${percentile}`, of('ours'), of('before'), micros, 'less');
    }
  }
  say('start and memory');
  const print = await inTurns(
    BOTH,
    sizes.footprints,
    (party) => startAndFootprint(bench, party, sizes.idleMs),
    ({ startMs, rssMb }) => `start ${startMs.toFixed(0)} ms, ${rssMb.toFixed(1)} MB`,
  );
  const start = (party: Party): number => print(party, ({ startMs }) => startMs);
  const rss = (party: Party): number => print(party, ({ rssMb }) => rssMb);
  add('engine start → Logon sent', start('ours'), start('before'), (ms) => `${ms.toFixed(0)} ms`, 'less');
  add('resident memory, idle engine', rss('ours'), rss('before'), (mb) => `${mb.toFixed(1)} MB`, 'less');
  say('heartbeats');
  const share = await inTurns<number>(
    BOTH,
    1,
    async (party) => {
      const { within50, heartbeats } = await heartbeatsOnTime(bench, party, sizes.engines, sizes.heartbeatSeconds);
      return (100 * (within50 ?? 0)) / (heartbeats ?? 0);
    },
    (percent) => `${percent.toFixed(2)} %`,
  );
  const onTime = (party: Party): number => share(party, (percent) => percent);
  add(
    `heartbeats within 50 ms of due, ${sizes.engines} engines`,
    onTime('ours'),
    onTime('before'),
    (percent) => `${percent.toFixed(2)} %`,
    'more',
  );
  say('resend, messages a second');
  const resent = await inTurns<number>(BOTH, turns, (party) => resentPerSecond(bench, party, sizes.resend, 3), thousands);
  const again = (party: Party): number => resent(party, (value) => value);
  add(`resend of ${thousands(sizes.resend)} stored messages, a second`, again('ours'), again('before'), thousands, 'more');
  return rows;
}
