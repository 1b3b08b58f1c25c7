import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

const SOH = '\x01';

/** A message of the engine: its fields in order, `35=0|34=2|…`, and by tag. */
export interface Heard {
  readonly text: string;
  field(tag: number): string | null;
}

/** A counterparty that only says what a test tells it to. */
export class Counterparty {
  readonly #server: Server;
  #socket: Socket | null = null;
  #buffer = '';
  #heard: Heard[] = [];
  #all: Heard[] = [];
  #changed: (() => void)[] = [];
  /** MsgSeqNum of our next message. */
  next = 1;
  /** TargetCompID(56) of what it says. */
  target = 'US';
  connections = 0;
  closed = false;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#accept(socket));
  }

  static async listen(): Promise<Counterparty> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Counterparty(server);
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return address.port;
  }

  /** All that was heard on all connections. */
  get all(): readonly Heard[] {
    return this.#all;
  }

  send(msgType: string, body = '', seqNum = this.next): void {
    this.sendAll([[msgType, body]], seqNum);
  }

  /** Bytes that need be no message, with | for SOH. */
  sendRaw(text: string): void {
    this.#socket?.write(text.replaceAll('|', SOH), 'latin1');
  }

  /** Several messages in one write. */
  sendAll(messages: readonly (readonly [string, string])[], from = this.next): void {
    let wire = '';
    for (const [i, [msgType, body]] of messages.entries()) wire += message(msgType, this.target, from + i, body);
    this.next = Math.max(this.next, from + messages.length);
    this.#socket?.write(wire, 'latin1');
  }

  /** The next message that was not asked for yet; with a MsgType, the next of that type, leaving out what comes before it. */
  async hear(msgType?: string): Promise<Heard> {
    for (;;) {
      const at = this.#heard.findIndex((heard) => msgType === undefined || heard.field(35) === msgType);
      const found = this.#heard[at];
      if (found !== undefined) {
        this.#heard = this.#heard.slice(at + 1);
        return found;
      }
      await this.#change();
    }
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await this.#change();
  }

  /** Answers the Logon; HeartBtInt as asked. */
  async logOn(): Promise<Heard> {
    const logon = await this.hear('A');
    this.send('A', `98=0|108=${logon.field(108) ?? ''}${logon.field(141) === null ? '' : '|141=Y'}|`);
    return logon;
  }

  stopReading(): void {
    this.#socket?.pause();
  }

  readAgain(): void {
    this.#socket?.resume();
  }

  drop(): void {
    this.#socket?.destroy();
  }

  async end(): Promise<void> {
    this.#socket?.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(socket: Socket): void {
    this.#socket = socket;
    this.#buffer = '';
    this.connections += 1;
    this.closed = false;
    socket.on('data', (chunk: Buffer) => {
      this.#buffer += chunk.toString('latin1');
      this.#take();
    });
    // An engine that was killed resets its connection; `close` follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#socket === socket) this.closed = true;
      this.#announce();
    });
    this.#announce();
  }

  #take(): void {
    for (;;) {
      const end = /\x0110=\d{3}\x01/.exec(this.#buffer);
      if (end === null) break;
      const wire = this.#buffer.slice(0, end.index + end[0].length);
      this.#buffer = this.#buffer.slice(wire.length);
      const fields = wire.split(SOH).slice(0, -1);
      const heard: Heard = {
        text: fields.join('|'),
        field: (tag) => fields.find((field) => field.startsWith(`${tag}=`))?.slice(`${tag}=`.length) ?? null,
      };
      this.#heard.push(heard);
      this.#all.push(heard);
    }
    this.#announce();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#changed.push(resolve));
  }

  #announce(): void {
    for (const wake of this.#changed.splice(0)) wake();
  }
}

function message(msgType: string, target: string, seqNum: number, body: string): string {
  const time = new Date().toISOString().replaceAll('-', '').replace('T', '-').slice(0, 21);
  const inner = `35=${msgType}|49=LP|56=${target}|34=${seqNum}|52=${time}|${body}`.replaceAll('|', SOH);
  const text = `8=FIX.4.4${SOH}9=${inner.length}${SOH}${inner}`;
  let sum = 0;
  for (const byte of Buffer.from(text, 'latin1')) sum += byte;
  return `${text}10=${String(sum % 256).padStart(3, '0')}${SOH}`;
}
