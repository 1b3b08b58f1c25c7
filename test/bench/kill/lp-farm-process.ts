import { WitnessLp } from '../../faults/witness-lp.ts';
import type { FarmCommand, FarmReport } from './lp-farm.ts';

// LPs in a process of their own, so that what they do costs the measuring one nothing. Arguments: how many, HeartBtInt in seconds.

const count = Number(process.argv[2]);
const lps = await Promise.all(Array.from({ length: count }, (_, i) => WitnessLp.listen(`LP${i + 1}`, undefined, true)));
for (const lp of lps) lp.silenceMs = 120_000;
/** From this process's clock to the machine's monotonic one, which all processes share; ms. */
const offset = Number(process.hrtime.bigint()) / 1e6 - performance.now();
const send = (report: FarmReport): void => void process.send?.(report);

process.on('message', (command: FarmCommand) => {
  if (command.type === 'stream') for (const lp of lps) lp.stream(command.perSecond);
  if (command.type === 'mute') for (const lp of lps) lp.manners.muteAtLogout = command.on;
  if (command.type === 'state') {
    const state = lps.map((lp) => {
      const last = lp.sessions.at(-1);
      return {
        loggedOn: lp.loggedOn,
        sessions: lp.sessions.length,
        logoutAtMs: last === undefined || last.logoutAtMs === null ? null : last.logoutAtMs + offset,
        endedMs: last === undefined || last.endedMs === Number.POSITIVE_INFINITY ? null : last.endedMs + offset,
        complaints: lp.complaints,
      };
    });
    send({ type: 'state', lps: state });
  }
});
process.on('disconnect', () => process.exit(0));
send({ type: 'listening', ports: lps.map(({ port }) => port) });
