import type { MessageView } from '../../main/fix/codec/message-view.ts';
import type { Disconnect } from '../../main/fix/session/disconnect.ts';
import type { BusinessRejection, Note, Port, StoredVisitor } from '../../main/fix/session/port.ts';
import type { SessionNumbers } from '../../main/fix/session/session.ts';
import { type Field, printable, readFields } from './script-message.ts';
import type { Heard } from './script-runner.ts';

const text = (bytes: Uint8Array, from: number, to: number): string => Buffer.from(bytes.subarray(from, to)).toString('latin1');

/** The world of a session in memory: what it stores survives the session object, as a store on disk survives the process. */
export class MemoryPort implements Port {
  /** What the peer hears, oldest first. */
  readonly heard: Heard[] = [];
  /** What the application got, oldest first, as fields. */
  readonly delivered: (readonly Field[])[] = [];
  readonly notes: Note[] = [];
  readonly logged: string[] = [];
  /** Reasons of disconnects as they are shown. */
  readonly ends: string[] = [];
  nextIn = 1;
  resetPending = false;
  /** By MsgSeqNum − 1; empty for a number without anything to resend. */
  messages: string[] = [];
  private readonly businessReject: number | null;

  constructor(businessReject: number | null = null) {
    this.businessReject = businessReject;
  }

  get numbers(): SessionNumbers {
    return { nextIn: this.nextIn, nextOut: this.messages.length + 1, resetPending: this.resetPending };
  }

  store(bytes: Uint8Array, from: number, to: number): void {
    this.messages.push(text(bytes, from, to));
  }

  stored(first: number, last: number, visitor: StoredVisitor): void {
    for (let seqNum = first; seqNum <= last; seqNum += 1) {
      const bytes = Buffer.from(this.messages[seqNum - 1] ?? '', 'latin1');
      if (!visitor(seqNum, bytes, 0, bytes.length)) return;
    }
  }

  persistExpected(nextIn: number): void {
    this.nextIn = nextIn;
  }

  persistNextOut(nextOut: number): void {
    this.messages = Array.from({ length: nextOut - 1 }, (_, n) => this.messages[n] ?? '');
  }

  persistResetPending(pending: boolean): void {
    this.resetPending = pending;
  }

  resetStore(): void {
    this.nextIn = 1;
    this.messages = [];
  }

  send(bytes: Uint8Array, from: number, to: number): void {
    this.heard.push({ kind: 'message', wire: text(bytes, from, to) });
  }

  writable(): boolean {
    return true;
  }

  log(_direction: 'in' | 'out', bytes: Uint8Array, from: number, to: number): void {
    this.logged.push(text(bytes, from, to));
  }

  deliver(message: MessageView): BusinessRejection | null {
    if (this.businessReject !== null) return { reason: this.businessReject, text: 'Not taken by the application' };
    this.delivered.push(readFields(printable(text(message.buffer, message.start, message.end))));
    return null;
  }

  disconnect(reason: Disconnect | null, _logoutAnswered: boolean): void {
    this.ends.push(JSON.stringify(reason));
    this.heard.push({ kind: 'closed', reason: reason?.code ?? 'asked' });
  }

  signal(): void {
    // Announced to the screen only.
  }

  note(note: Note): void {
    this.notes.push(note);
  }
}
