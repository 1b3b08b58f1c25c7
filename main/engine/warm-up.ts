import type { Dictionary } from '../fix/codec/dictionary.ts';
import type { Port } from '../fix/session/port.ts';
import { Session } from '../fix/session/session.ts';
import type { SessionSettings } from '../fix/session/settings.ts';
import { Clocks, type Instant } from './now.ts';

/** Of the LP's settings, those that decide which code an application message runs through; nothing of its names and secrets. */
const scratchSettings = (settings: SessionSettings, senderCompId: string, targetCompId: string): SessionSettings => ({
  ...settings,
  senderCompId,
  targetCompId,
  senderSubId: null,
  targetSubId: null,
  username: null,
  password: null,
  newPassword: null,
  logonTags: [],
  secretTags: [],
  resetOnLogon: false,
  sendNextExpected: false,
  supportedMsgTypes: null,
});

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

const BATCH_PAIRS = 100;
const ROUNDS = 60;
const PROBES_PER_ROUND = 20;

/** A session with no world around it: what it sends is in `sent`. */
class Scratch {
  sent: Buffer[] = [];
  delivered = 0;
  readonly session: Session;

  constructor(settings: SessionSettings, dictionary: Dictionary) {
    const nothing = (): undefined => undefined;
    const port: Port = {
      store: nothing,
      stored: nothing,
      persistExpected: nothing,
      persistNextOut: nothing,
      persistResetPending: nothing,
      resetStore: nothing,
      send: (bytes, from, to) => void this.sent.push(Buffer.from(bytes.subarray(from, to))),
      writable: () => true,
      log: nothing,
      deliver: () => {
        this.delivered += 1;
        return null;
      },
      disconnect: nothing,
      signal: nothing,
      note: nothing,
    };
    this.session = new Session(settings, dictionary, port, { nextIn: 1, nextOut: 1, resetPending: false });
  }

  take(): Buffer {
    const bytes = Buffer.concat(this.sent);
    this.sent = [];
    return bytes;
  }
}

/**
 * Runs the code that every message of the session will run, until the just-in-time compiler has seen enough of it: without this the first
 * messages after the Logon, often the burst that matters, take several times as long. Two scratch sessions face each other in memory: two
 * initiators, each of which takes the other's Logon as the answer to its own. Nothing is stored, logged, sent or reported.
 *
 * @param limitMs no round begins after this long: a slow machine is not kept from connecting
 * @returns application messages that were taken. None where the LP's own dictionary does not know these
 */
export function warmUp(settings: SessionSettings, dictionary: Dictionary, limitMs: number): number {
  const startMs = performance.now();
  const clocks = new Clocks();
  const now = clocks.read();
  const lp = new Scratch(scratchSettings(settings, 'THERE', 'HERE'), dictionary);
  const own = new Scratch(scratchSettings(settings, 'HERE', 'THERE'), dictionary);
  const { session } = own;
  session.connected(now);
  lp.session.connected(now);
  receive(session, lp.take(), now);
  receive(lp.session, own.take(), now);
  const firstOfBatch = session.nextIn;
  for (let n = 0; n < BATCH_PAIRS; n += 1) {
    lp.session.send('W', SNAPSHOT, now);
    lp.session.send('8', EXECUTION, now);
  }
  const batch = lp.take();
  const probeSeqNum = lp.session.nextOut;
  lp.session.testRequest(now);
  const probe = lp.take();
  for (let round = 0; round < ROUNDS && performance.now() - startMs < limitMs; round += 1) {
    clocks.read();
    session.setNumbers(firstOfBatch, null);
    // Cut elsewhere each time, as TCP does.
    const cut = Math.floor((batch.length * (round + 1)) / (ROUNDS + 2));
    session.receive(batch, 0, cut, now);
    session.receive(batch, cut, batch.length, now);
    for (let n = 0; n < PROBES_PER_ROUND; n += 1) {
      session.setNumbers(probeSeqNum, null);
      receive(session, probe, now);
      own.sent = [];
    }
  }
  return own.delivered;
}

function receive(session: Session, bytes: Buffer, now: Instant): void {
  session.receive(bytes, 0, bytes.length, now);
}
