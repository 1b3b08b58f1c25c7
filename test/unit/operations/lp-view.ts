import { type Health, LANE_STEPS, type LpState, type LpView } from '../../../main/contracts/lp-view.ts';

export function lpView(provider: string, state: LpState = { kind: 'inactive' }, change: Partial<LpView> = {}): LpView {
  return {
    provider,
    state,
    status: state.kind === 'logged-on' ? 1 : 0,
    reason: null,
    statusAtMs: null,
    trouble: null,
    problems: [],
    host: 'fix.example',
    port: 9_876,
    senderCompId: 'DESK',
    targetCompId: 'LP',
    heartBtInt: 30,
    ssl: false,
    cancelsOnDisconnect: 'unknown',
    owner: null,
    silentOwner: null,
    loggedOnAtMs: null,
    attempt: 0,
    enginePid: null,
    tunnelPid: null,
    lane: LANE_STEPS.map((name) => ({ name, light: 'off', atMs: null, durationMs: null, text: null })),
    stats: null,
    statsAtMs: null,
    spark: [],
    pendingConfig: false,
    engineMemoryMb: 512,
    ...change,
  };
}

export const health: Health = {
  database: { state: 'ok', text: 'PostgreSQL', sinceMs: 0, checkedAtMs: 0 },
  nats: { state: 'off', text: 'NATS off', sinceMs: 0, waiting: 0 },
  disk: { state: 'ok', text: '', sinceMs: 0, freeBytes: 1_000_000, checkedAtMs: 0 },
  engines: { state: 'ok', text: '', sinceMs: 0, running: 0 },
  ownership: { state: 'ok', text: '', sinceMs: 0 },
  console: { state: 'ok', text: '', sinceMs: 0, lagMs: 3 },
};
