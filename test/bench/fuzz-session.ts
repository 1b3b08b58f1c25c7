import { fix44 } from '../../main/fix/codec/fix44.ts';
import type { MessageView } from '../../main/fix/codec/message-view.ts';
import type { BusinessRejection, Port } from '../../main/fix/session/port.ts';
import { Session } from '../../main/fix/session/session.ts';
import { buildMessage, readFields, utcTimestamp } from '../support/script-message.ts';
import { sessionSettings } from '../support/session-settings.ts';
import { mutatedFrame, random } from './mutate.ts';

const SETTINGS = sessionSettings('VFXLP', 'LP');
const START_MS = Date.UTC(2026, 10, 22, 22, 5);

/** A world that keeps nothing: what grows here grows in the session. */
class CountingPort implements Port {
  sent = 0;
  delivered = 0;
  disconnects = 0;
  closed = true;
  store(): void {
    // Not kept.
  }
  stored(): void {
    // Nothing is there, so every resend is a GapFill.
  }
  persistExpected(): void {
    // Not kept.
  }
  persistNextOut(): void {
    // Not kept.
  }
  persistResetPending(): void {
    // Not kept.
  }
  resetStore(): void {
    // Not kept.
  }
  send(): void {
    this.sent += 1;
  }
  writable(): boolean {
    return true;
  }
  log(): void {
    // Not kept.
  }
  deliver(message: MessageView): BusinessRejection | null {
    // An application reads what it gets.
    for (let n = 0; n < message.count; n += 1) message.valueString(n);
    this.delivered += 1;
    return null;
  }
  disconnect(): void {
    this.disconnects += 1;
    this.closed = true;
  }
  signal(): void {
    // Not kept.
  }
  note(): void {
    // Not kept.
  }
}

export interface FuzzFigures {
  readonly frames: number;
  readonly delivered: number;
  readonly sent: number;
  readonly garbled: number;
  readonly rejects: number;
  readonly disconnects: number;
  /** Processor time of the slowest frame, ms: the clock on the wall would measure the machine's other work. */
  readonly slowestMs: number;
}

/**
 * Feeds a session mutated frames, logging it on again whenever it has ended the connection. Throws what the session throws, naming the seed
 * and the frame. `each` is called after every frame.
 */
export function fuzzSession(seed: number, frames: number, each: (done: number) => void = () => undefined): FuzzFigures {
  const next = random(seed);
  const port = new CountingPort();
  const session = new Session(SETTINGS, fix44(), port, { nextIn: 1, nextOut: 1, resetPending: false });
  let elapsedMs = 0;
  const now = () => ({ wallMs: START_MS + elapsedMs, monoMs: elapsedMs });
  const receive = (wire: string): void => {
    const bytes = Buffer.from(wire, 'latin1');
    const cut = next() < 0.2 ? Math.floor(next() * bytes.length) : bytes.length;
    session.receive(bytes, 0, cut, now());
    if (cut < bytes.length) session.receive(bytes, cut, bytes.length, now());
  };
  let slowestMs = 0;
  for (let frame = 0; frame < frames; frame += 1) {
    if (port.closed) {
      session.transportClosed();
      port.closed = false;
      if (next() < 0.5) session.reset();
      session.connected(now());
      const logon = readFields(`35=A|34=${session.nextIn}|98=0|108=30`);
      receive(buildMessage(logon, { sender: 'LP', target: 'VFXLP', sendingTime: utcTimestamp(START_MS + elapsedMs) }));
    }
    const wire = mutatedFrame(next, session.nextIn, START_MS + elapsedMs);
    const from = process.cpuUsage();
    try {
      receive(wire);
      // A session that has said Logout hears nothing more: let its deadline pass soon.
      elapsedMs += session.state === 'active' ? 1 : 500;
      while (session.nextDeadlineMs <= elapsedMs) session.onDeadline(now());
    } catch (error) {
      throw new Error(`seed ${seed}, frame ${frame}: ${JSON.stringify(wire)}`, { cause: error });
    }
    const used = process.cpuUsage(from);
    slowestMs = Math.max(slowestMs, (used.user + used.system) / 1000);
    each(frame + 1);
  }
  const { sent, delivered, disconnects } = port;
  return { frames, delivered, sent, garbled: session.garbled, rejects: session.rejects, disconnects, slowestMs };
}
