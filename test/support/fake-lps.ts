import type { DisconnectReason } from '../../main/contracts/disconnect-reason.ts';
import { DEFAULT_RETRY, DEFAULT_SESSION, DEFAULT_TUNNEL, type LpConfig } from '../../main/contracts/lp-config.ts';
import {
  type FixLogLine,
  LANE_STEPS,
  type LaneStep,
  type LiveStats,
  type LpState,
  type LpView,
} from '../../main/contracts/lp-view.ts';

const BANKS = ['ALPHA', 'BOREAL', 'CASTOR', 'DELTA', 'ELBE', 'FJORD', 'GARDA', 'HELIX', 'ISAR', 'JUNO', 'KESTREL', 'LYRA'];
const MINUTE = 60_000;

/** A state, and why, for the n-th of `count` LPs; trouble of each kind when there are enough of them. */
function script(n: number, nowMs: number): { readonly state: LpState; readonly reason: DisconnectReason | null } {
  const latch = { incidentId: 'old', by: 'desk-2', reason: 'prices 40 pips off', atMs: nowMs - 7 * MINUTE };
  switch (n) {
    case 3:
      return {
        state: { kind: 'retry', atMs: nowMs + 12_000, attempt: 4 },
        reason: { code: 'logon-refused', peerText: 'Invalid username or password' },
      };
    case 4:
      return {
        state: { kind: 'error' },
        reason: { code: 'sequence-repair', peerText: 'MsgSeqNum too low, expecting 88123 but received 412', peerExpects: 88_123 },
      };
    case 5:
      return { state: { kind: 'recovering', received: 120, total: 4_310 }, reason: null };
    case 6:
      return { state: { kind: 'killed', latch }, reason: { code: 'killed' } };
    case 7:
      return { state: { kind: 'inactive' }, reason: { code: 'deactivated' } };
    case 9:
      return { state: { kind: 'connecting', step: 'tcp' }, reason: { code: 'tcp-closed' } };
    case 10:
      return { state: { kind: 'off-schedule', opensAtMs: nowMs + 14 * 60 * MINUTE }, reason: { code: 'off-schedule' } };
    case 11:
      return { state: { kind: 'retry', atMs: nowMs + 3_000, attempt: 1 }, reason: { code: 'heartbeat-timeout' } };
    case 13:
      return { state: { kind: 'foreign', owner: 'fxdesk-b' }, reason: null };
    case 14:
      return { state: { kind: 'logon' }, reason: null };
    default:
      return { state: { kind: 'logged-on' }, reason: null };
  }
}

const providerName = (n: number): string =>
  `${BANKS[n % BANKS.length] ?? ''}${n < BANKS.length ? '' : `-${Math.floor(n / BANKS.length) + 1}`}`;

/** Lights as they stand in a state: all on when logged on, failed at the layer that failed. */
export function fakeLane(state: LpState, ssl: boolean, nowMs: number): readonly LaneStep[] {
  const reached = { 'logged-on': 7, recovering: 7, logon: 5, connecting: 3, retry: 5, error: 5 } as Partial<
    Record<LpState['kind'], number>
  >;
  const upTo = reached[state.kind] ?? 0;
  const texts: Partial<Record<LaneStep['name'], string>> = {
    engine: 'pid 4711',
    dns: '10.20.4.17',
    tunnel: 'pid 4712, 127.0.0.1:40112',
    tcp: '10.20.4.17:9443',
    tls: 'TLSv1.3 AES-256-GCM, certificate 41 days',
    logon: 'HeartBtInt 30 s',
    'first-message': 'MarketDataSnapshot',
  };
  return LANE_STEPS.map((name, index): LaneStep => {
    if (!ssl && (name === 'tunnel' || name === 'tls'))
      return { name, light: 'skipped', atMs: null, durationMs: null, text: null };
    if (index < upTo) return { name, light: 'ok', atMs: nowMs - 60_000, durationMs: 3 + index * 7, text: texts[name] ?? null };
    if (index > upTo || upTo === 0) return { name, light: 'off', atMs: null, durationMs: null, text: null };
    const failed = state.kind === 'retry' || state.kind === 'error';
    return {
      name,
      light: failed ? 'failed' : 'doing',
      atMs: nowMs,
      durationMs: null,
      text: failed ? 'refused by the peer' : null,
    };
  });
}

export function fakeStats(n: number, nowMs: number): LiveStats {
  return {
    nextIn: 412_300 + n * 977,
    nextOut: 8_120 + n * 31,
    inPerSecond: 0,
    outPerSecond: 0,
    totalIn: 410_000 + n * 977,
    totalOut: 8_000 + n * 31,
    lastReceivedMs: nowMs,
    lastSentMs: nowMs,
    lastMessage: { direction: 'in', msgType: 'W', atMs: nowMs },
    testRequestRttMs: 1.4 + (n % 9) * 3.1,
    silentSinceMs: null,
    gap: n === 5 ? { from: 410_000, to: 414_309 } : null,
    rejects: n === 2 ? 3 : 0,
    garbled: 0,
    unreadable: 0,
    rssBytes: 64_000_000 + n * 300_000,
  };
}

/** The n-th scripted LP. `calm`: every one logged on. */
export function fakeLp(n: number, nowMs: number, calm: boolean): LpView {
  const { state, reason } = calm ? { state: { kind: 'logged-on' } as const, reason: null } : script(n, nowMs);
  const live = state.kind === 'logged-on' || state.kind === 'recovering';
  const inTrouble = ['retry', 'error', 'recovering', 'connecting'].includes(state.kind);
  const ssl = n % 3 === 1;
  const host = `fix${n}.${providerName(n).toLowerCase()}.example`;
  return {
    provider: providerName(n),
    state,
    status: live ? 1 : state.kind === 'error' || state.kind === 'retry' ? 2 : 0,
    reason,
    statusAtMs: nowMs - 20 * MINUTE,
    trouble: inTrouble
      ? { sinceMs: nowMs - (n % 2) * 20 * MINUTE, downSinceMs: live ? null : nowMs - (n % 2) * 20 * MINUTE }
      : null,
    problems: [],
    host,
    port: 9_000 + n,
    senderCompId: 'VFXLP',
    targetCompId: providerName(n),
    heartBtInt: n % 4 === 3 ? 10 : 30,
    ssl,
    cancelsOnDisconnect: (['unknown', 'yes', 'no'] as const)[n % 3] ?? 'unknown',
    silentOwner: null,
    owner: state.kind === 'foreign' ? 'fxdesk-b' : state.kind === 'inactive' || state.kind === 'killed' ? null : 'fxdesk-a',
    loggedOnAtMs: live ? nowMs - (n + 1) * 7 * MINUTE : null,
    attempt: state.kind === 'retry' ? state.attempt : state.kind === 'connecting' ? 3 : 0,
    enginePid: live ? 4_700 + n : null,
    tunnelPid: live && ssl ? 5_700 + n : null,
    lane: fakeLane(state, ssl, nowMs),
    stats: state.kind === 'inactive' || state.kind === 'foreign' ? null : fakeStats(n, nowMs),
    statsAtMs: live ? nowMs : null,
    spark: live
      ? Array.from({ length: 60 }, (_, second) => Math.round((20 + 15 * Math.sin((second + n * 5) / 6)) * (1 + (n % 5))))
      : [],
    pendingConfig: n === 1,
    engineMemoryMb: 512,
  };
}

export function fakeConfig(lp: LpView): LpConfig {
  return {
    provider: lp.provider,
    host: lp.host,
    port: lp.port,
    senderCompId: lp.senderCompId,
    targetCompId: lp.targetCompId,
    heartBtInt: lp.heartBtInt,
    ssl: lp.ssl,
    retry: DEFAULT_RETRY,
    tunnel: DEFAULT_TUNNEL,
    session: {
      ...DEFAULT_SESSION,
      cancelsOnDisconnect: lp.cancelsOnDisconnect,
      backupHosts: [{ host: `dr.${lp.host}`, port: lp.port }],
    },
    username: 'vfxlp',
    hasPassword: true,
    hasNewPassword: false,
    secretsToEnter: [],
    version: 3,
  };
}

const PAIRS = ['EUR/USD', 'USD/JPY', 'GBP/USD', 'AUD/USD', 'EUR/CHF'];

/** A raw message as it stands in a log, SOH between the fields. */
export function fakeLine(n: number, seq: number, provider: string, nowMs: number): FixLogLine {
  const out = n % 11 === 0;
  const at = new Date(nowMs).toISOString();
  const time = at.replace(/[-]/g, '').replace('T', '-').replace('Z', '');
  const pair = PAIRS[n % PAIRS.length] ?? '';
  const bid = (1.08 + (n % 97) / 10_000).toFixed(5);
  const type = out ? (n % 22 === 0 ? '0' : 'D') : n % 7 === 0 ? '8' : 'W';
  const body =
    type === 'W'
      ? `262=MD-${n % 5}|55=${pair}|268=2|269=0|270=${bid}|271=1000000|269=1|270=${(Number(bid) + 0.00012).toFixed(5)}|271=1500000|`
      : type === '8'
        ? `37=O${n}|11=C${n}|17=E${n}|150=F|39=2|55=${pair}|54=1|38=1000000|32=1000000|31=${bid}|151=0|14=1000000|6=${bid}|60=${time}|`
        : type === 'D'
          ? `11=C${n}|55=${pair}|54=1|38=1000000|40=2|44=${bid}|59=3|60=${time}|`
          : '';
  const ends = out ? `49=VFXLP|56=${provider}` : `49=${provider}|56=VFXLP`;
  const text = `8=FIX.4.4|9=${120 + body.length}|35=${type}|34=${seq}|${ends}|52=${time}|${body}10=${String(n % 256).padStart(3, '0')}|`;
  return {
    n,
    at: at.replace('Z', `${String(n % 1_000).padStart(3, '0')}Z`),
    direction: out ? 'out' : 'in',
    text: text.replaceAll('|', '\u0001'),
  };
}
