import type { Fault } from './fault.ts';

/** One message as the simulated LP saw it; `text` has `|` for SOH. */
export interface SeenMessage {
  readonly atMs: number;
  readonly direction: 'in' | 'out';
  readonly msgType: string;
  readonly seqNum: number;
  readonly text: string;
}

/** What `GET /state` of the control port answers. Counts are over all connections since the start. */
export interface SimulatorState {
  readonly connected: boolean;
  readonly loggedOn: boolean;
  readonly connections: number;
  readonly logons: number;
  /** Logouts in both directions, oldest first, at most 100; text is Text(58). */
  readonly logouts: readonly { readonly atMs: number; readonly direction: 'in' | 'out'; readonly text: string | null }[];
  /** Received, by MsgType. */
  readonly received: Readonly<Record<string, number>>;
  /** Sent, by MsgType; a silent LP counts what it would have sent. */
  readonly sent: Readonly<Record<string, number>>;
  /** The last 100 messages both ways, oldest first, market data left out. */
  readonly lastMessages: readonly SeenMessage[];
  readonly nextOut: number;
  readonly expectedIn: number;
  readonly faults: readonly Fault[];
}

const KEPT = 100;
const STREAMED = new Set(['W', 'X', '8']);

/** Field `tag` of a message in log form. */
function fieldOf(text: string, tag: number): string | null {
  const at = text.startsWith(`${tag}=`) ? 0 : text.indexOf(`|${tag}=`) + 1;
  if (at === 0 && !text.startsWith(`${tag}=`)) return null;
  const value = text.indexOf('=', at) + 1;
  const end = text.indexOf('|', value);
  return end === -1 ? text.slice(value) : text.slice(value, end);
}

/** Remembers what a simulated LP has seen, so that a test can ask it. */
export class Witness {
  connections = 0;
  openConnections = 0;
  logons = 0;
  loggedOn = false;
  readonly #logouts: { atMs: number; direction: 'in' | 'out'; text: string | null }[] = [];
  readonly #counts = { in: new Map<string, number>(), out: new Map<string, number>() };
  readonly #messages: SeenMessage[] = [];
  /** The last message received, which a Reject refers to. */
  lastReceived: { readonly msgType: string; readonly seqNum: number } | null = null;

  saw(direction: 'in' | 'out', msgType: string, text: string): void {
    const atMs = Date.now();
    const counts = this.#counts[direction];
    counts.set(msgType, (counts.get(msgType) ?? 0) + 1);
    if (direction === 'out' && STREAMED.has(msgType)) return;
    const seqNum = Number(fieldOf(text, 34));
    if (direction === 'in') this.lastReceived = { msgType, seqNum };
    if (msgType === '5') keep(this.#logouts, { atMs, direction, text: fieldOf(text, 58) });
    keep(this.#messages, { atMs, direction, msgType, seqNum, text });
  }

  state(nextOut: number, expectedIn: number, faults: readonly Fault[]): SimulatorState {
    return {
      connected: this.openConnections > 0,
      loggedOn: this.loggedOn,
      connections: this.connections,
      logons: this.logons,
      logouts: this.#logouts,
      received: Object.fromEntries(this.#counts.in),
      sent: Object.fromEntries(this.#counts.out),
      lastMessages: this.#messages,
      nextOut,
      expectedIn,
      faults,
    };
  }
}

function keep<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > KEPT) list.shift();
}
