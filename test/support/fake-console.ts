import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { parseArgs } from 'node:util';
import { type WebSocket, WebSocketServer } from 'ws';
import type { AuditRow } from '../../main/contracts/audit.ts';
import type { ClientFrame, PushChannel, Pushes, ServerFrame } from '../../main/contracts/ipc.ts';
import { WS_PATH, WS_PROTOCOL } from '../../main/contracts/ipc.ts';
import { KILL_STEPS, type KillIncident, type KillStep } from '../../main/contracts/kill.ts';
import type { Health, LpState, LpView, TimelineEvent } from '../../main/contracts/lp-view.ts';
import { fail, ok, type Result } from '../../main/contracts/result.ts';
import { fakeConfig, fakeLane, fakeLine, fakeLp, fakeStats } from './fake-lps.ts';

/**
 * A stand-in for the console's main process, for work on the screen and for tests of the page's link and store: it speaks the
 * contract over HTTP and WebSocket and makes up its LPs. It is no part of the product.
 */
export interface FakeConsole {
  readonly port: number;
  readonly token: string;
  readonly url: string;
  /** Drops every WebSocket, as a crashed main process would; new ones are accepted. */
  dropAll(): void;
  /** Leaves out the next delta: the counters get a gap. */
  skipDelta(): void;
  /** Changes one LP; the next delta carries it. */
  change(provider: string, to: Partial<LpView>): void;
  requests(): readonly string[];
  stop(): Promise<void>;
}

interface FakeOptions {
  readonly lps: number;
  readonly port?: number;
  readonly calm?: boolean;
  readonly staticDir?: string;
  readonly trouble?: boolean;
  /** Lines of FIX log a second. */
  readonly logRate?: number;
}

const TOKEN = 'a-token';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
};

export async function startFakeConsole(options: FakeOptions): Promise<FakeConsole> {
  const startedAtMs = Date.now();
  const views = new Map<string, LpView>();
  const index = new Map<string, number>();
  for (let n = 0; n < options.lps; n++) {
    const lp = fakeLp(n, startedAtMs, options.calm ?? false);
    views.set(lp.provider, lp);
    index.set(lp.provider, n);
  }
  const changed = new Set<string>();
  const removed: string[] = [];
  const audit: AuditRow[] = [];
  const seen: string[] = [];
  const timelines = new Map<string, TimelineEvent[]>();
  const tails = new Map<WebSocket, string>();
  let incidents: readonly KillIncident[] = [];
  let incidentsChanged = false;
  let counter = 100;
  let skip = false;
  let lineN = 0;

  const health: Health = {
    database: { state: 'ok', text: 'embedded PostgreSQL 18', sinceMs: startedAtMs },
    nats:
      options.trouble === true
        ? { state: 'down', text: 'connection refused', sinceMs: startedAtMs, waiting: 214 }
        : { state: 'ok', text: 'connected', sinceMs: startedAtMs, waiting: 0 },
    disk: {
      state: options.trouble === true ? 'degraded' : 'ok',
      text: 'data folder',
      sinceMs: startedAtMs,
      freeBytes: options.trouble === true ? 2.1e9 : 412e9,
    },
    engines: { state: 'ok', text: 'all answer', sinceMs: startedAtMs, running: options.lps },
  };

  const change = (provider: string, to: Partial<LpView>): void => {
    const lp = views.get(provider);
    if (lp === undefined) return;
    const next = { ...lp, ...to };
    views.set(provider, to.state === undefined ? next : { ...next, lane: fakeLane(next.state, next.ssl, Date.now()) });
    changed.add(provider);
  };

  const note = (
    provider: string,
    event: TimelineEvent['event'],
    text: string,
    level: TimelineEvent['level'] = 'info',
    direction: TimelineEvent['direction'] = null,
  ): TimelineEvent => {
    const list = timelines.get(provider) ?? [];
    timelines.set(provider, list);
    const stats = views.get(provider)?.stats;
    const made = {
      n: list.length + 1,
      provider,
      atMs: Date.now(),
      event,
      level,
      direction,
      text,
      seqIn: stats?.nextIn ?? null,
      seqOut: stats?.nextOut ?? null,
    };
    list.push(made);
    return made;
  };
  for (const [provider, lp] of views) {
    note(provider, 'Engine', 'engine process started');
    note(provider, 'State', `connecting to ${lp.host}:${lp.port}`);
    note(provider, 'Logon', `HeartBtInt ${lp.heartBtInt}`, 'info', 'out');
    if (lp.reason !== null) note(provider, 'Logout', lp.reason.peerText ?? lp.reason.code, 'alarm', 'in');
    else note(provider, 'Logon', `HeartBtInt ${lp.heartBtInt}`, 'info', 'in');
    note(provider, 'ResendRequest', '410000–0', 'attention', 'out');
    note(provider, 'SequenceReset', 'GapFill to 410020', 'info', 'in');
  }

  const audited = (operation: string, provider: string | null, reason: string | null, result = 'ok'): void => {
    audit.unshift({
      id: audit.length + 1,
      atMs: Date.now(),
      actor: 'browser',
      source: 'browser',
      from: '127.0.0.1',
      operation,
      provider,
      reason,
      result,
      detail: null,
    });
  };

  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/'));
    const file = join(options.staticDir ?? '.', path === '/' ? 'index.html' : path);
    readFile(file).then(
      (body) => response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  const sockets = new WebSocketServer({
    server,
    path: WS_PATH,
    handleProtocols: (offered) => (offered.has(WS_PROTOCOL) && offered.has(`token.${TOKEN}`) ? WS_PROTOCOL : false),
  });
  const sendTo = (socket: WebSocket, frame: ServerFrame): void => socket.send(JSON.stringify(frame));
  const push = <C extends PushChannel>(channel: C, payload: Pushes[C]): void => {
    for (const socket of sockets.clients) sendTo(socket, { push: channel, payload } as ServerFrame);
  };

  const goTo = (provider: string, state: LpState): void => {
    const live = state.kind === 'logged-on';
    const n = index.get(provider) ?? 0;
    change(provider, {
      state,
      status: live ? 1 : 0,
      reason: state.kind === 'killed' ? { code: 'killed' } : state.kind === 'inactive' ? { code: 'deactivated' } : null,
      loggedOnAtMs: live ? Date.now() : null,
      ...(live ? { stats: fakeStats(n, Date.now()), statsAtMs: Date.now() } : {}),
    });
    push('timeline', [note(provider, 'State', state.kind, state.kind === 'killed' ? 'alarm' : 'info')]);
  };

  const kill = (providers: readonly string[], scope: 'lp' | 'all', reason: string): KillIncident => {
    const latched = incidents.find(
      (incident) => providers.length === 1 && incident.lps.some((lp) => lp.provider === providers[0]),
    );
    if (latched !== undefined) return latched;
    const startedAt = Date.now();
    const id = `incident-${incidents.length + 1}`;
    const step = (at: number, stuck: boolean): readonly KillStep[] =>
      KILL_STEPS.map((name, position): KillStep => {
        if (stuck && name === 'engine-stopped' && at >= position)
          return { name, state: 'failed', atMs: startedAt + 900, text: 'still running after SIGKILL' };
        if (name === 'tunnel-stopped' && position < at)
          return { name, state: 'skipped', atMs: startedAt + 400, text: 'no tunnel' };
        return position < at
          ? { name, state: 'done', atMs: startedAt + position * 130, text: null }
          : { name, state: position === at ? 'doing' : 'waiting', atMs: null, text: null };
      });
    const at = (n: number): KillIncident => ({
      id,
      scope,
      by: 'browser',
      reason,
      startedAtMs: startedAt,
      lps: providers.map((provider, position) => {
        const stuck = providers.length > 4 && position === 2;
        return {
          provider,
          steps: step(n, stuck),
          outcome: n < KILL_STEPS.length ? 'running' : stuck ? 'not-confirmed' : 'confirmed',
        };
      }),
    });
    const publish = (incident: KillIncident): void => {
      incidents = [incident, ...incidents.filter((one) => one.id !== id)];
      incidentsChanged = true;
    };
    publish(at(1));
    for (const provider of providers)
      goTo(provider, { kind: 'killed', latch: { incidentId: id, by: 'browser', reason, atMs: startedAt } });
    for (let n = 2; n <= KILL_STEPS.length; n++) timers.add(setTimeout(() => publish(at(n)), n * 130));
    return at(1);
  };

  const answer = (socket: WebSocket, frame: ClientFrame): Result<unknown> => {
    seen.push(frame.channel);
    const { channel, args } = frame;
    if ('provider' in args && args.provider !== null && !views.has(args.provider)) {
      return fail('user', 'unknown-provider', `There is no LP named ${args.provider}.`, 'provider');
    }
    if ('reason' in args) audited(channel.replace('lp.', ''), 'provider' in args ? args.provider : null, args.reason);
    switch (channel) {
      case 'console.snapshot':
        return ok({
          counter,
          nowMs: Date.now(),
          host: 'fxdesk-a',
          version: '0.1.0',
          lps: [...views.values()],
          health,
          incidents,
        });
      case 'lp.config':
        return ok(fakeConfig(views.get(args.provider) as LpView));
      case 'lp.create':
        if (views.has(args.draft.provider))
          return fail('user', 'provider-exists', `There is an LP named ${args.draft.provider} already.`, 'Provider');
        index.set(args.draft.provider, views.size);
        views.set(args.draft.provider, {
          ...fakeLp(7, Date.now(), false),
          provider: args.draft.provider,
          host: args.draft.host,
          port: args.draft.port,
        });
        changed.add(args.draft.provider);
        return ok(fakeConfig(views.get(args.draft.provider) as LpView));
      case 'lp.save':
        change(args.draft.provider, { host: args.draft.host, port: args.draft.port, heartBtInt: args.draft.heartBtInt });
        return ok({ config: fakeConfig(views.get(args.draft.provider) as LpView), applies: 'next-logon' });
      case 'lp.delete':
        views.delete(args.provider);
        removed.push(args.provider);
        return ok(null);
      case 'lp.activate':
      case 'lp.restart':
        goTo(args.provider, { kind: 'connecting', step: 'tcp' });
        timers.add(setTimeout(() => goTo(args.provider, { kind: 'logon' }), 600));
        timers.add(setTimeout(() => goTo(args.provider, { kind: 'logged-on' }), 1_200));
        return ok(null);
      case 'lp.deactivate':
        goTo(args.provider, { kind: 'inactive' });
        return ok(null);
      case 'lp.kill':
        return ok(kill([args.provider], 'lp', args.reason));
      case 'lp.kill-all':
        return args.typed === 'KILL'
          ? ok(kill([...views.keys()], 'all', args.reason))
          : fail('user', 'typed-differs', 'Type KILL exactly to confirm.', 'typed');
      case 'lp.rearm':
        goTo(args.provider, { kind: 'inactive' });
        return ok(null);
      case 'lp.timeline':
        return ok(timelines.get(args.provider) ?? []);
      case 'fixlog.open':
        tails.set(socket, args.provider);
        return ok({
          provider: args.provider,
          lines: Array.from({ length: args.lines }, (_, back) =>
            fakeLine(++lineN, lineN, args.provider, Date.now() - (args.lines - back) * 20),
          ),
        });
      case 'fixlog.close':
        tails.delete(socket);
        return ok(null);
      case 'audit.list':
        return ok(audit.filter((row) => args.provider === null || row.provider === args.provider).slice(0, args.limit));
      case 'lp.set-sequence':
      case 'lp.reset-sequence':
      case 'lp.test-request':
      case 'lp.resend-request':
        return ok(null);
    }
  };

  sockets.on('connection', (socket) => {
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as ClientFrame;
      sendTo(socket, { id: frame.id, result: answer(socket, frame) });
    });
    socket.on('close', () => tails.delete(socket));
  });

  /** Four times a second, as engines do: numbers move on, except for the one LP whose engine does not answer. */
  const sample = (): void => {
    const nowMs = Date.now();
    for (const [provider, lp] of views) {
      const n = index.get(provider) ?? 0;
      if (
        lp.stats === null ||
        (lp.state.kind !== 'logged-on' && lp.state.kind !== 'recovering') ||
        (n === 8 && options.calm !== true)
      )
        continue;
      const rate = Math.max(0, Math.round((18 + 14 * Math.sin(nowMs / 4_000 + n)) * (1 + (n % 5))));
      const silent = n === 2 && options.calm !== true;
      const state: LpState =
        lp.state.kind === 'recovering' ? { ...lp.state, received: Math.min(lp.state.total, lp.state.received + 40) } : lp.state;
      change(provider, {
        ...(state.kind === 'recovering' && state.received >= state.total ? { state: { kind: 'logged-on' } } : { state }),
        statsAtMs: nowMs,
        spark: nowMs % 1_000 < 250 ? [...lp.spark.slice(-59), rate] : lp.spark,
        stats: {
          ...lp.stats,
          nextIn: lp.stats.nextIn + (silent ? 0 : Math.round(rate / 4)),
          nextOut: lp.stats.nextOut + (n % 3 === 0 ? 1 : 0),
          inPerSecond: silent ? 0 : rate,
          outPerSecond: n % 3 === 0 ? 4 : 0.4,
          totalIn: lp.stats.totalIn + Math.round(rate / 4),
          ...(silent
            ? {}
            : {
                lastReceivedMs: nowMs - (n % 7) * 90,
                lastMessage: { direction: 'in', msgType: n % 4 === 0 ? '8' : 'W', atMs: nowMs - (n % 7) * 90 },
              }),
        },
      });
    }
  };
  const publish = (): void => {
    if (changed.size === 0 && removed.length === 0 && !incidentsChanged) return;
    counter++;
    const lps = [...changed].flatMap((provider) => views.get(provider) ?? []);
    if (!skip)
      push('console.delta', {
        counter,
        nowMs: Date.now(),
        lps,
        removed: [...removed],
        health: null,
        incidents: incidentsChanged ? incidents : [],
      });
    skip = false;
    changed.clear();
    removed.length = 0;
    incidentsChanged = false;
  };
  const tail = (): void => {
    const perTenth = Math.round((options.logRate ?? 30) / 10);
    const sent = Math.min(perTenth, 200);
    for (const [socket, provider] of tails) {
      const lines = Array.from({ length: sent }, () => fakeLine(++lineN, lineN, provider, Date.now()));
      sendTo(socket, { push: 'fixlog.lines', payload: { provider, lines, skipped: perTenth - sent } });
    }
  };
  const timers = new Set<NodeJS.Timeout>([setInterval(sample, 250), setInterval(publish, 100), setInterval(tail, 100)]);

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    token: TOKEN,
    url: `http://127.0.0.1:${port}/#token=${TOKEN}`,
    dropAll: () => {
      for (const socket of sockets.clients) socket.terminate();
    },
    skipDelta: () => {
      skip = true;
    },
    change,
    requests: () => seen,
    stop: async () => {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      lps: { type: 'string', default: '8' },
      port: { type: 'string', default: '0' },
      dir: { type: 'string', default: 'out/renderer' },
      calm: { type: 'boolean', default: false },
      trouble: { type: 'boolean', default: false },
      'log-rate': { type: 'string', default: '30' },
    },
  });
  const fake = await startFakeConsole({
    lps: Number(values.lps),
    port: Number(values.port),
    staticDir: values.dir,
    calm: values.calm,
    trouble: values.trouble,
    logRate: Number(values['log-rate']),
  });
  console.log(fake.url);
}
