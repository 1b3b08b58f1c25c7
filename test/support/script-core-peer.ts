import type { Dictionary } from '../../main/fix/codec/dictionary.ts';
import { fix44 } from '../../main/fix/codec/fix44.ts';
import type { Instant } from '../../main/fix/session/instant.ts';
import { Session } from '../../main/fix/session/session.ts';
import type { SessionSettings } from '../../main/fix/session/settings.ts';
import { MemoryPort } from './script-memory-port.ts';
import { type Field, readFields } from './script-message.ts';
import type { Heard, ScriptPeer } from './script-runner.ts';

/** Where the fake clock stands when a scenario begins: a Sunday evening, epoch ms. */
const START_MS = Date.UTC(2026, 10, 22, 22, 5);
/** A session that asks for more deadlines than this without time passing is caught in a loop. */
const MAX_DEADLINES = 10_000;

export interface CoreOptions {
  /** Every application message that is delivered goes back with the same body. */
  readonly reflect: boolean;
  /** BusinessRejectReason(380) with which the application answers everything; null takes everything. */
  readonly businessReject: number | null;
}

/** The counterparty on the session core itself, with a clock that only scripts move. */
export class CorePeer implements ScriptPeer {
  private readonly settings: SessionSettings;
  private readonly options: CoreOptions;
  private readonly dictionary: Dictionary = fix44();
  private readonly port: MemoryPort;
  private session: Session;
  private elapsedMs = 0;

  constructor(settings: SessionSettings, options: CoreOptions) {
    this.settings = settings;
    this.options = options;
    this.port = new MemoryPort(options.businessReject);
    this.session = this.open();
  }

  nowMs(): number {
    return START_MS + this.elapsedMs;
  }

  async connect(): Promise<void> {
    this.session.connected(this.now());
  }

  write(wire: string): void {
    const bytes = Buffer.from(wire, 'latin1');
    this.session.receive(bytes, 0, bytes.length, this.now());
    this.reflect();
  }

  async next(): Promise<Heard> {
    return this.port.heard.shift() ?? { kind: 'silence' };
  }

  async during(ms: number): Promise<Heard> {
    const end = this.elapsedMs + ms;
    for (let n = 0; this.port.heard.length === 0 && this.session.nextDeadlineMs <= end; n += 1) {
      if (n > MAX_DEADLINES) throw new Error('the session asks for the same deadline again and again');
      this.elapsedMs = Math.max(this.elapsedMs, this.session.nextDeadlineMs);
      this.session.onDeadline(this.now());
    }
    if (this.port.heard.length === 0) this.elapsedMs = end;
    return this.next();
  }

  advance(ms: number): void {
    const end = this.elapsedMs + ms;
    for (let n = 0; this.session.nextDeadlineMs <= end; n += 1) {
      if (n > MAX_DEADLINES) throw new Error('the session asks for the same deadline again and again');
      this.elapsedMs = Math.max(this.elapsedMs, this.session.nextDeadlineMs);
      this.session.onDeadline(this.now());
    }
    this.elapsedMs = end;
  }

  close(): void {
    this.session.transportClosed();
  }

  async crash(): Promise<void> {
    this.port.heard.length = 0;
    this.session = this.open();
  }

  async operator(action: string): Promise<void> {
    const [verb = '', ...rest] = action.split(' ');
    switch (verb) {
      case 'logout':
        this.session.logout(null, this.now());
        return;
      case 'reset':
        this.session.reset();
        return;
      case 'set': {
        const numbers = /^in (\d+) out (\d+)$/.exec(rest.join(' '));
        if (numbers === null) throw new Error('operator set in N out N');
        this.session.setNumbers(Number(numbers[1]), Number(numbers[2]));
        return;
      }
      case 'send':
      case 'send-refused': {
        const [[, msgType] = [35, ''], ...body] = readFields(rest.join(' '));
        const sent = this.session.send(msgType, body, this.now());
        if (sent.ok !== (verb === 'send')) throw new Error(`send: ${JSON.stringify(sent)}`);
        return;
      }
      default:
        throw new Error(`the operator cannot "${action}"`);
    }
  }

  async logged(): Promise<string> {
    return [...this.port.logged, ...this.port.notes.map((note) => note.text), ...this.port.ends].join('\n');
  }

  async end(): Promise<void> {
    this.session.transportClosed();
  }

  private now(): Instant {
    return { wallMs: this.nowMs(), monoMs: this.elapsedMs };
  }

  private open(): Session {
    return new Session(this.settings, this.dictionary, this.port, this.port.numbers);
  }

  private reflect(): void {
    for (const fields of this.port.delivered.splice(0)) {
      if (!this.options.reflect) continue;
      const sent = this.session.send(...bodyOf(fields), this.now());
      if (!sent.ok) throw new Error(`an application message was not taken: ${sent.error}`);
    }
  }
}

/** Fields of the standard header that an application message in a script may carry, and the trailer. */
const ENVELOPE = new Set([8, 9, 35, 49, 56, 115, 128, 34, 57, 116, 144, 129, 145, 43, 97, 52, 122, 10]);

function bodyOf(fields: readonly Field[]): [msgType: string, body: Field[]] {
  return [fields.find(([tag]) => tag === 35)?.[1] ?? '', fields.filter(([tag]) => !ENVELOPE.has(tag))];
}
