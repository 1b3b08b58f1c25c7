import type { Dictionary } from '../fix/codec/dictionary.ts';
import type { Port } from '../fix/session/port.ts';
import { Session } from '../fix/session/session.ts';
import type { SessionSettings } from '../fix/session/settings.ts';
import { Clocks } from './now.ts';

const ENTRIES = Array.from({ length: 6 }, (_, n): [number, string][] => [
  [269, String(n % 2)],
  [270, `1.0871${n}`],
  [271, '1000000'],
]);
const SNAPSHOT: readonly [number, string][] = [[262, 'Q1'], [55, 'EUR/USD'], [268, String(ENTRIES.length)], ...ENTRIES.flat()];
const EXECUTION: readonly [number, string][] =
  '37=O1 11=C1 17=E1 150=F 39=1 55=EUR/USD 54=1 38=1000000 40=2 44=1.08712 32=250000 31=1.08712 151=750000 14=250000 6=1.08712'
    .split(' ')
    .map((field) => [Number(field.slice(0, field.indexOf('='))), field.slice(field.indexOf('=') + 1)]);

const BURST_PAIRS = 10;
const SINGLE_PROBES = 3;

/** What the scratch LP writes next. */
interface Act {
  readonly bytes: Uint8Array;
  /** The MsgSeqNum that its first message has, when that is not the next one. */
  readonly rewindTo: number | null;
}

/**
 * The counterparty of a rehearsal: one thing is written for everything that comes. First a Logon with a TestRequest; then, over and over with
 * the same numbers, a burst that ends in a TestRequest, and TestRequests one by one.
 */
export class ScratchLp {
  #sent: Buffer[] = [];
  readonly #session: Session;
  readonly #clocks = new Clocks();
  readonly #rounds: number;
  #round: Act[] = [];
  #acts = 0;

  /** @param settings those of its counterparty */
  constructor(settings: SessionSettings, dictionary: Dictionary, rounds: number) {
    const nothing = (): undefined => undefined;
    const port: Port = {
      store: nothing,
      stored: nothing,
      persistExpected: nothing,
      persistNextOut: nothing,
      persistResetPending: nothing,
      resetStore: nothing,
      send: (bytes, from, to) => void this.#sent.push(Buffer.from(bytes.subarray(from, to))),
      writable: () => true,
      log: nothing,
      deliver: () => null,
      disconnect: nothing,
      signal: nothing,
      note: nothing,
    };
    this.#rounds = rounds;
    const { senderCompId, targetCompId } = settings;
    const theirs = { ...settings, senderCompId: targetCompId, targetCompId: senderCompId, supportedMsgTypes: null };
    this.#session = new Session(theirs, dictionary, port, { nextIn: 1, nextOut: 1, resetPending: false });
    this.#session.connected(this.#clocks.read());
  }

  /** What was written and answered. */
  get answered(): number {
    return Math.max(0, this.#acts - 1);
  }

  /**
   * @param bytes that came, whole messages
   * @returns null when all has been played
   */
  next(bytes: Uint8Array): Act | null {
    const n = this.#acts;
    this.#acts += 1;
    if (n === 0) return this.#logon(bytes);
    return n > this.#rounds * this.#round.length ? null : (this.#round[(n - 1) % this.#round.length] ?? null);
  }

  /** What answers the Logout of its counterparty. */
  logout(): Act {
    const number = this.#session.nextOut;
    this.#session.logout(null, this.#clocks.read());
    return this.#act(number);
  }

  #logon(bytes: Uint8Array): Act {
    const session = this.#session;
    const now = this.#clocks.read();
    // Two initiators: each takes the other's Logon as the answer to its own.
    session.receive(bytes, 0, bytes.length, now);
    session.testRequest(now);
    const logon = this.#act(null);
    const first = session.nextOut;
    for (let n = 0; n < BURST_PAIRS; n += 1) {
      session.send('W', SNAPSHOT, now);
      session.send('8', EXECUTION, now);
    }
    session.testRequest(now);
    this.#round.push(this.#act(first));
    for (let n = 0; n < SINGLE_PROBES; n += 1) {
      session.testRequest(now);
      this.#round.push(this.#act(null));
    }
    return logon;
  }

  #act(rewindTo: number | null): Act {
    const bytes = Buffer.concat(this.#sent);
    this.#sent = [];
    return { bytes, rewindTo };
  }
}
