import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../base/errors.ts';
import type { ConfirmedGone } from '../contracts/lp-record.ts';
import type { LpState, LpView, TimelineEvent } from '../contracts/lp-view.ts';
import { type AdminClient, adminClient, adminPortIsOff, NoConsole, Refused } from './admin-client.ts';
import { type Cli, EXIT } from './cli.ts';
import { findConsole } from './console-file.ts';
import { areLatched } from './outside-latch.ts';
import { readRecords } from './process-records.ts';
import { tableOf } from './table.ts';

/** Logging out takes as long as LogoutAckThreshold and more. */
const ACTION_WITHIN_MS = 90_000;
const TAIL_EVERY_MS = 500;
const TAIL_EVENTS = 1_000;
const TAIL_BEGINS_WITH = 20;

const client = (cli: Cli): AdminClient => adminClient(cli.dataDir, cli.env);
const pathOf = (provider: string): string => `/api/v1/lps/${encodeURIComponent(provider)}`;

export async function statusCommand(cli: Cli): Promise<number> {
  const console = client(cli);
  const { lps } = (await console.get('/api/v1/lps')) as { lps: readonly LpView[] };
  const rows = lps.map((lp) => [
    lp.provider,
    String(lp.status),
    stateText(lp.state),
    `${lp.host}:${lp.port}`,
    lp.statusAtMs === null ? '-' : new Date(lp.statusAtMs).toISOString(),
    lp.reason?.code ?? '-',
  ]);
  const table = tableOf([['PROVIDER', 'STATUS', 'STATE', 'ADDRESS', 'SINCE', 'REASON'], ...rows]);
  cli.result({ url: console.url, pid: console.pid, lps }, table);
  return EXIT.done;
}

export async function lpCommand(cli: Cli, provider: string): Promise<number> {
  const answer = (await client(cli).get(pathOf(provider))) as { lp: LpView };
  const { lp } = answer;
  const lines = [
    ['state', stateText(lp.state)],
    ['status', String(lp.status)],
    ['reason', lp.reason === null ? '-' : Object.values(lp.reason).join(' ')],
    ['session', `${lp.senderCompId} → ${lp.targetCompId}, HeartBtInt ${lp.heartBtInt} s`],
    ['address', `${lp.host}:${lp.port}${lp.ssl ? ' by stunnel' : ''}`],
    ['next in, out', lp.stats === null ? '-' : `${lp.stats.nextIn}, ${lp.stats.nextOut}`],
    ['engine, tunnel', `${lp.enginePid ?? '-'}, ${lp.tunnelPid ?? '-'}`],
    ['owner', lp.owner ?? '-'],
    ...(lp.silentOwner === null
      ? []
      : [
          [
            'silent',
            `${lp.silentOwner.name}, since ${new Date(lp.silentOwner.sinceMs).toISOString()}: vfxlp takeover when it is gone`,
          ],
        ]),
    ...lp.problems.map((problem) => ['problem', `${problem.column} ${problem.rule}`]),
  ];
  cli.result(answer, tableOf(lines));
  return EXIT.done;
}

export async function actionCommand(
  cli: Cli,
  action: 'activate' | 'deactivate' | 'rearm',
  provider: string,
  reason: string,
): Promise<number> {
  const body = { reason, actor: cli.actor, ...(action === 'rearm' ? { typed: provider } : {}) };
  const answer = (await client(cli).post(`${pathOf(provider)}/${action}`, body, ACTION_WITHIN_MS)) as { lp: LpView | null };
  cli.result(answer, `${provider}: ${action} done${answer.lp === null ? '' : `; now ${stateText(answer.lp.state)}`}.`);
  return EXIT.done;
}

/** The console that owned the LP is gone: what it owned is taken over. */
export async function takeOverCommand(cli: Cli, provider: string, reason: string): Promise<number> {
  const body = { reason, actor: cli.actor, typed: provider };
  const answer = (await client(cli).post(`${pathOf(provider)}/take-over`, body)) as ConfirmedGone;
  cli.result(answer, `${answer.console} is said to be gone; taken over: ${answer.lps.join(', ')}.`);
  return EXIT.done;
}

/** The key events of an LP as they come, until Ctrl+C. */
export async function tailCommand(cli: Cli, provider: string): Promise<number> {
  const console = client(cli);
  let last: number | null = null;
  // Unknown LPs are refused here; the events of one would only never come.
  await console.get(pathOf(provider));
  for (;;) {
    const limit = last === null ? TAIL_BEGINS_WITH : TAIL_EVENTS;
    const path = `/api/v1/events?provider=${encodeURIComponent(provider)}&limit=${limit}`;
    const { events } = (await console.get(path)) as { events: readonly TimelineEvent[] };
    for (const event of events) {
      if (last !== null && event.n <= last) continue;
      const direction = { in: '<', out: '>', none: ' ' }[event.direction ?? 'none'];
      cli.result(event, `${new Date(event.atMs).toISOString()} ${direction} ${event.event}: ${event.text}`);
      last = event.n;
    }
    await pause(TAIL_EVERY_MS);
  }
}

interface Check {
  readonly name: string;
  readonly fine: boolean;
  readonly text: string;
}

/** What must work for `vfxlp kill` to work, and what the console says of itself. */
export async function doctorCommand(cli: Cli): Promise<number> {
  const { dataDir } = cli;
  const check = async (name: string, look: () => Promise<string> | string): Promise<Check> => {
    try {
      return { name, fine: true, text: await look() };
    } catch (error) {
      return { name, fine: false, text: messageOf(error) };
    }
  };
  const checks = [
    await check('data folder', () => dataDir),
    await check('kill latches', () => {
      areLatched(dataDir, []);
      return 'can be read';
    }),
    await check('engines and tunnels', () => {
      const running = readRecords(dataDir).map(({ provider, kind, pid }) => `${provider} ${kind} ${pid}`);
      return running.length === 0 ? 'none recorded' : running.join(', ');
    }),
    await check('console', () => {
      const found = findConsole(dataDir);
      if (found === null) throw new NoConsole('none runs on this data folder');
      return found.adminUrl === null ? adminPortIsOff(found.pid) : `process ${found.pid} at ${found.adminUrl}`;
    }),
    await check('admin API', async () => {
      await client(cli).get('/api/v1/lps');
      return 'answers, and takes the token';
    }),
    await check('health', async () => {
      const { status } = (await client(cli).get('/healthz')) as { status: string };
      if (status !== 'ok') throw new Refused(200, `the console says ${status}`);
      return status;
    }),
  ];
  cli.result({ checks }, tableOf(checks.map(({ name, fine, text }) => [fine ? 'ok' : 'NOT OK', name, text])));
  return checks.every(({ fine }) => fine) ? EXIT.done : EXIT.refused;
}

function stateText(state: LpState): string {
  switch (state.kind) {
    case 'killed':
      return `killed by ${state.latch.by}: ${state.latch.reason}`;
    case 'foreign':
      return `run by ${state.owner}`;
    case 'connecting':
      return `connecting (${state.step})`;
    case 'retry':
      return `waits for attempt ${state.attempt}`;
    default:
      return state.kind;
  }
}
