import { fix44 } from '../../../../main/fix/codec/fix44.ts';
import type { MessageView } from '../../../../main/fix/codec/message-view.ts';
import type { State } from '../../../../main/fix/session/context.ts';
import type { Disconnect } from '../../../../main/fix/session/disconnect.ts';
import type { BusinessRejection, Note, Port, Signal, StoredVisitor } from '../../../../main/fix/session/port.ts';
import { Session } from '../../../../main/fix/session/session.ts';
import type { SessionSettings } from '../../../../main/fix/session/settings.ts';
import { sessionSettings } from '../../../support/session-settings.ts';

export const SETTINGS = sessionSettings('US', 'LP');

/** An application message that the dictionary accepts. */
export const NEWS = '148=headline|33=1|58=line';

/** Fields of a message of ours, SOH shown as |, without what the envelope computes (8, 9, 49, 56, 52, 10). */
const OF_THE_ENVELOPE = new Set(['8', '9', '49', '56', '52', '10']);

export function utc(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 10).replaceAll('-', '')}-${iso.slice(11, 23)}`;
}

export function frame(fields: string): Buffer {
  const body = fields.replaceAll('|', '\x01');
  const begin = `8=FIX.4.4\x019=${Buffer.byteLength(body, 'latin1')}\x01${body}`;
  let sum = 0;
  for (const byte of Buffer.from(begin, 'latin1')) sum += byte;
  return Buffer.from(`${begin}10=${String(sum % 256).padStart(3, '0')}\x01`, 'latin1');
}

/** A session between a fake clock and a world in memory that remembers everything. */
export class SessionRig implements Port {
  readonly session: Session;
  readonly sent: string[] = [];
  readonly delivered: string[] = [];
  readonly notes: Note[] = [];
  readonly signals: Signal[] = [];
  readonly logged: string[] = [];
  readonly persisted: number[] = [];
  ended: { readonly reason: Disconnect | null; readonly answered: boolean } | null = null;
  messages: string[] = [];
  resets = 0;
  resetPending = false;
  /** Messages that the transport takes before it is full. */
  room = Number.POSITIVE_INFINITY;
  refuse: BusinessRejection | null = null;
  wallMs = Date.UTC(2026, 0, 30, 9, 30);
  monoMs = 1000;
  /** MsgSeqNum of the peer's next message. */
  peerNext: number;

  constructor(
    options: {
      readonly settings?: Partial<SessionSettings>;
      readonly state?: State;
      readonly nextIn?: number;
      readonly stored?: readonly string[];
      readonly resetPending?: boolean;
    } = {},
  ) {
    this.messages = [...(options.stored ?? [])];
    this.peerNext = options.nextIn ?? 1;
    const numbers = { nextIn: this.peerNext, nextOut: this.messages.length + 1, resetPending: options.resetPending ?? false };
    this.session = new Session({ ...SETTINGS, ...options.settings }, fix44(), this, numbers, options.state);
  }

  /** Logged on, with nothing recorded of it. */
  static active(options: ConstructorParameters<typeof SessionRig>[0] = {}): SessionRig {
    const rig = new SessionRig(options);
    rig.session.connected(rig.now);
    rig.peer('A', `98=0|108=${options.settings?.heartBtInt ?? 30}`);
    rig.forget();
    return rig;
  }

  configure(settings: Partial<SessionSettings>): void {
    this.session.configure({ ...SETTINGS, ...settings }, fix44());
  }

  forget(): void {
    for (const list of [this.sent, this.delivered, this.notes, this.signals, this.logged, this.persisted]) list.length = 0;
  }

  get now(): { wallMs: number; monoMs: number } {
    return { wallMs: this.wallMs, monoMs: this.monoMs };
  }

  /** What the peer sends next: MsgType and body, under its next number or `seqNum`. */
  peer(msgType: string, body = '', seqNum = this.peerNext): void {
    this.receive(this.message(msgType, body, seqNum));
    this.peerNext = Math.max(this.peerNext, seqNum + 1);
  }

  message(msgType: string, body = '', seqNum = this.peerNext, header = ''): Buffer {
    const tail = body === '' ? '' : `${body}|`;
    return frame(`35=${msgType}|49=LP|56=US|34=${seqNum}|${header}52=${utc(this.wallMs)}|${tail}`);
  }

  /** A message of the peer's as PossDup. */
  possDup(msgType: string, body: string, seqNum: number): void {
    this.receive(this.message(msgType, body, seqNum, `43=Y|122=${utc(this.wallMs - 5000)}|`));
  }

  receive(bytes: Buffer): void {
    this.session.receive(bytes, 0, bytes.length, this.now);
  }

  pass(ms: number): void {
    this.wallMs += ms;
    this.monoMs += ms;
  }

  /** Lets time pass, calling the session at each of its deadlines as its shell does. */
  run(ms: number): void {
    const endMs = this.monoMs + ms;
    while (this.session.nextDeadlineMs <= endMs) {
      this.pass(Math.max(0, this.session.nextDeadlineMs - this.monoMs));
      this.session.onDeadline(this.now);
    }
    this.pass(endMs - this.monoMs);
  }

  store(bytes: Uint8Array, from: number, to: number): void {
    this.messages.push(Buffer.from(bytes.subarray(from, to)).toString('latin1'));
  }
  stored(first: number, last: number, visitor: StoredVisitor): void {
    for (let seqNum = first; seqNum <= last; seqNum += 1) {
      const bytes = Buffer.from(this.messages[seqNum - 1] ?? '', 'latin1');
      if (!visitor(seqNum, bytes, 0, bytes.length)) return;
    }
  }
  persistExpected(nextIn: number): void {
    this.persisted.push(nextIn);
  }
  persistNextOut(nextOut: number): void {
    this.messages = Array.from({ length: nextOut - 1 }, (_, i) => this.messages[i] ?? '');
  }
  persistResetPending(pending: boolean): void {
    this.resetPending = pending;
  }
  resetStore(): void {
    this.messages = [];
    this.resets += 1;
  }
  send(bytes: Uint8Array, from: number, to: number): void {
    this.room -= 1;
    this.sent.push(brief(bytes, from, to));
  }
  writable(): boolean {
    return this.room > 0;
  }
  log(direction: 'in' | 'out', bytes: Uint8Array, from: number, to: number): void {
    this.logged.push(`${direction} ${Buffer.from(bytes.subarray(from, to)).toString('latin1').replaceAll('\x01', '|')}`);
  }
  deliver(message: MessageView): BusinessRejection | null {
    this.delivered.push(
      `${message.msgType} ${message.msgSeqNum}${message.possDup ? ' dup' : ''}${message.possResend ? ' resend' : ''}`,
    );
    return this.refuse;
  }
  disconnect(reason: Disconnect | null, answered: boolean): void {
    this.ended = { reason, answered };
  }
  signal(signal: Signal): void {
    this.signals.push(signal);
  }
  note(note: Note): void {
    this.notes.push(note);
  }
}

/** `35=0|34=2|112=x`: what a test compares. */
function brief(bytes: Uint8Array, from: number, to: number): string {
  const fields = Buffer.from(bytes.subarray(from, to)).toString('latin1').split('\x01').slice(0, -1);
  return fields.filter((field) => !OF_THE_ENVELOPE.has(field.slice(0, field.indexOf('=')))).join('|');
}
