import type { AuditRow } from '../../main/contracts/audit.ts';
import type { ClientFrame, ConsoleDelta } from '../../main/contracts/ipc.ts';
import { KILL_STEPS, type KillIncident, type KillStep } from '../../main/contracts/kill.ts';
import type { LpState, LpView, TimelineEvent } from '../../main/contracts/lp-view.ts';
import { fail, ok, type Result } from '../../main/contracts/result.ts';
import { summaryOf } from '../../main/contracts/stored-incident.ts';
import { fakeHealth } from './fake-health.ts';
import { fakeConfig, fakeLane, fakeLp, fakeStats } from './fake-lps.ts';

export interface FakeDeskOptions {
  readonly lps: number;
  /** Every LP logged on. */
  readonly calm: boolean;
  /** NATS down and the disk nearly full. */
  readonly trouble: boolean;
}

/** The made-up LPs behind the fake console: they move, and they obey. */
export interface FakeDesk {
  answer(frame: ClientFrame): Result<unknown>;
  /** What changed since the last call; null: nothing. */
  takeDelta(): ConsoleDelta | null;
  takeTimeline(): readonly TimelineEvent[];
  change(provider: string, to: Partial<LpView>): void;
  stop(): void;
}

const STEP_MS = 130;

/** A kill's steps when `at` of them are behind it; `stuck`: the engine process does not go. */
function stepsAt(at: number, startedAtMs: number, stuck: boolean): readonly KillStep[] {
  return KILL_STEPS.map((name, position): KillStep => {
    const atMs = startedAtMs + position * STEP_MS;
    if (position > at) return { name, state: 'waiting', atMs: null, text: null };
    if (position === at) return { name, state: 'doing', atMs: null, text: null };
    if (stuck && name === 'engine-stopped') return { name, state: 'failed', atMs, text: 'still running after SIGKILL' };
    if (name === 'tunnel-stopped') return { name, state: 'skipped', atMs, text: 'no tunnel' };
    return { name, state: 'done', atMs, text: null };
  });
}

export function createFakeDesk(options: FakeDeskOptions): FakeDesk {
  const startedAtMs = Date.now();
  const health = fakeHealth(options.lps, options.trouble, startedAtMs);
  const views = new Map<string, LpView>();
  const numbers = new Map<string, number>();
  const timelines = new Map<string, TimelineEvent[]>();
  const audit: AuditRow[] = [];
  const changed = new Set<string>();
  let removed: string[] = [];
  let fresh: TimelineEvent[] = [];
  let incidents: readonly KillIncident[] = [];
  let incidentsChanged = false;
  let counter = 100;

  const note = (provider: string, event: TimelineEvent['event'], text: string, more: Partial<TimelineEvent> = {}): void => {
    const list = timelines.get(provider) ?? [];
    timelines.set(provider, list);
    const stats = views.get(provider)?.stats ?? null;
    const seq = { seqIn: stats?.nextIn ?? null, seqOut: stats?.nextOut ?? null };
    const made = {
      n: list.length + 1,
      provider,
      atMs: Date.now(),
      event,
      level: 'info' as const,
      direction: null,
      text,
      ...seq,
      ...more,
    };
    list.push(made);
    fresh.push(made);
  };

  const change = (provider: string, to: Partial<LpView>): void => {
    const lp = views.get(provider);
    if (lp === undefined) return;
    const next = { ...lp, ...to };
    views.set(provider, to.state === undefined ? next : { ...next, lane: fakeLane(next.state, next.ssl, Date.now()) });
    changed.add(provider);
  };

  const add = (lp: LpView): void => {
    numbers.set(lp.provider, numbers.size);
    views.set(lp.provider, lp);
    changed.add(lp.provider);
  };

  for (let n = 0; n < options.lps; n++) {
    const lp = fakeLp(n, startedAtMs, options.calm);
    add(lp);
    note(lp.provider, 'Engine', 'engine process started');
    note(lp.provider, 'State', `connecting to ${lp.host}:${lp.port}`);
    note(lp.provider, 'Logon', `HeartBtInt ${lp.heartBtInt}`, { direction: 'out' });
    if (lp.reason === null) note(lp.provider, 'Logon', `HeartBtInt ${lp.heartBtInt}`, { direction: 'in' });
    else note(lp.provider, 'Logout', lp.reason.peerText ?? lp.reason.code, { direction: 'in', level: 'alarm' });
    note(lp.provider, 'ResendRequest', '410000–0', { direction: 'out', level: 'attention' });
    note(lp.provider, 'SequenceReset', 'GapFill to 410020', { direction: 'in' });
  }

  const goTo = (provider: string, state: LpState): void => {
    const nowMs = Date.now();
    const live = state.kind === 'logged-on';
    const why = { killed: { code: 'killed' }, inactive: { code: 'deactivated' } } as const;
    change(provider, {
      state,
      status: live ? 1 : 0,
      statusAtMs: nowMs,
      reason: state.kind === 'killed' || state.kind === 'inactive' ? why[state.kind] : null,
      loggedOnAtMs: live ? nowMs : null,
      ...(live ? { stats: fakeStats(numbers.get(provider) ?? 0, nowMs), statsAtMs: nowMs } : {}),
    });
    note(provider, 'State', state.kind, { level: state.kind === 'killed' ? 'alarm' : 'info' });
  };

  const later = (ms: number, action: () => void): void => {
    timers.add(setTimeout(action, ms));
  };

  const kill = (providers: readonly string[], scope: 'lp' | 'all', reason: string): KillIncident => {
    const first = incidents.find((one) => scope === 'lp' && one.lps.some((lp) => lp.provider === providers[0]));
    if (first !== undefined) return first;
    const startedAt = Date.now();
    const id = `incident-${incidents.length + 1}`;
    const publish = (at: number): KillIncident => {
      const over = at >= KILL_STEPS.length;
      const lps = providers.map((provider, position) => {
        const stuck = providers.length > 4 && position === 2;
        const outcome = !over ? ('running' as const) : stuck ? ('not-confirmed' as const) : ('confirmed' as const);
        return { provider, steps: stepsAt(at, startedAt, stuck), log: [], outcome };
      });
      const incident = { id, scope, by: 'browser', reason, startedAtMs: startedAt, lps };
      incidents = [incident, ...incidents.filter((one) => one.id !== id)];
      incidentsChanged = true;
      return incident;
    };
    for (const provider of providers) {
      goTo(provider, { kind: 'killed', latch: { incidentId: id, by: 'browser', reason, atMs: startedAt } });
    }
    for (let at = 2; at <= KILL_STEPS.length; at++) later(at * STEP_MS, () => publish(at));
    return publish(1);
  };

  const configOf = (provider: string): Result<unknown> => {
    const lp = views.get(provider);
    return lp === undefined
      ? fail('user', 'unknown-provider', `There is no LP named ${provider}.`, 'provider')
      : ok(fakeConfig(lp));
  };

  /** As engines do, four times a second; the ninth LP's engine does not answer, and the third LP is silent. */
  const sample = (): void => {
    const nowMs = Date.now();
    for (const [provider, lp] of views) {
      const n = numbers.get(provider) ?? 0;
      const { state, stats } = lp;
      if (stats === null || (state.kind !== 'logged-on' && state.kind !== 'recovering')) continue;
      if (n === 8 && !options.calm) continue;
      const silent = n === 2 && !options.calm;
      const perSecond = silent ? 0 : Math.max(0, Math.round((18 + 14 * Math.sin(nowMs / 4_000 + n)) * (1 + (n % 5))));
      const heardMs = nowMs - (n % 7) * 90;
      const heard = silent
        ? { silentSinceMs: nowMs - (stats.lastReceivedMs ?? nowMs) > lp.heartBtInt * 1_200 ? stats.lastReceivedMs : null }
        : { lastReceivedMs: heardMs, lastMessage: { direction: 'in' as const, msgType: n % 4 === 0 ? '8' : 'W', atMs: heardMs } };
      change(provider, {
        ...(state.kind === 'recovering'
          ? { state: state.received + 40 >= state.total ? { kind: 'logged-on' } : { ...state, received: state.received + 40 } }
          : {}),
        statsAtMs: nowMs,
        spark: nowMs % 1_000 < 250 ? [...lp.spark.slice(-59), perSecond] : lp.spark,
        stats: {
          ...stats,
          ...heard,
          nextIn: stats.nextIn + Math.round(perSecond / 4),
          nextOut: stats.nextOut + (n % 3 === 0 ? 1 : 0),
          inPerSecond: perSecond,
          outPerSecond: n % 3 === 0 ? 4 : 0.4,
          totalIn: stats.totalIn + Math.round(perSecond / 4),
        },
      });
    }
  };
  const timers = new Set<NodeJS.Timeout>([setInterval(sample, 250)]);

  const answer = ({ channel, args }: ClientFrame): Result<unknown> => {
    if ('provider' in args && args.provider !== null && !views.has(args.provider)) return configOf(args.provider);
    if ('reason' in args) {
      const provider = 'provider' in args ? args.provider : null;
      const operation = channel.replace('lp.', '');
      const row = { atMs: Date.now(), actor: 'browser', source: 'browser', from: '127.0.0.1', operation, provider } as const;
      audit.unshift({ ...row, id: audit.length + 1, reason: args.reason, result: 'ok', detail: null });
    }
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
        return configOf(args.provider);
      case 'lp.create': {
        const { provider, host, port } = args.draft;
        if (views.has(provider)) return fail('user', 'provider-exists', `There is an LP named ${provider} already.`, 'Provider');
        add({ ...fakeLp(7, Date.now(), false), provider, host, port });
        return configOf(provider);
      }
      case 'lp.save': {
        const { provider, host, port, heartBtInt } = args.draft;
        if (!views.has(provider)) return configOf(provider);
        change(provider, { host, port, heartBtInt });
        const config = configOf(provider);
        return config.ok ? ok({ config: config.value, applies: 'next-logon' }) : config;
      }
      case 'lp.delete':
        views.delete(args.provider);
        removed.push(args.provider);
        return ok(null);
      case 'lp.activate':
      case 'lp.restart':
        goTo(args.provider, { kind: 'connecting', step: 'tcp' });
        later(600, () => goTo(args.provider, { kind: 'logon' }));
        later(1_200, () => goTo(args.provider, { kind: 'logged-on' }));
        return ok(null);
      case 'lp.deactivate':
      case 'lp.rearm':
        goTo(args.provider, { kind: 'inactive' });
        return ok(null);
      case 'lp.kill':
        return ok(kill([args.provider], 'lp', args.reason));
      case 'lp.kill-all':
        if (args.typed !== 'KILL') return fail('user', 'typed-differs', 'Type KILL exactly to confirm.', 'typed');
        return ok(kill([...views.keys()], 'all', args.reason));
      case 'lp.timeline':
        return ok(timelines.get(args.provider) ?? []);
      case 'incident.list':
        return ok({
          complete: true,
          incidents: incidents.map((incident) => summaryOf({ console: 'fake/1', incident, evidence: [] })),
        });
      case 'incident.get':
        return ok(
          incidents.filter(({ id }) => id === args.id).map((incident) => ({ console: 'fake/1', incident, evidence: [] })),
        );
      case 'token.list':
        return ok([{ name: 'admin', role: 'admin', createdAtMs: null, expiresAtMs: null }]);
      case 'refused.list':
      case 'refused.retry':
      case 'refused.discard':
        return ok([]);
      case 'audit.list':
        return ok(audit.filter((row) => args.provider === null || row.provider === args.provider).slice(0, args.limit));
      default:
        return ok(null);
    }
  };

  return {
    answer,
    change,
    takeDelta: () => {
      if (changed.size === 0 && removed.length === 0 && !incidentsChanged) return null;
      counter++;
      const lps = [...changed].flatMap((provider) => views.get(provider) ?? []);
      const delta = { counter, nowMs: Date.now(), lps, removed, health: null, incidents: incidentsChanged ? incidents : [] };
      changed.clear();
      removed = [];
      incidentsChanged = false;
      return delta;
    },
    takeTimeline: () => {
      const events = fresh;
      fresh = [];
      return events;
    },
    stop: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
