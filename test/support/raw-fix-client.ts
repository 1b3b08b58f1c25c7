import { connect, type Socket } from 'node:net';

const SOH = '\x01';
const TRAILER = new RegExp(`${SOH}10=\\d{3}${SOH}`);

export type RawFields = readonly (readonly [number, string | number])[];

/** One received message: its fields in order, and whether its CheckSum is right. */
export interface RawMessage {
  readonly msgType: string;
  readonly fields: RawFields;
  readonly checkSumOk: boolean;
  get(tag: number): string | null;
}

/** A scripted FIX initiator: sends what it is told with header and trailer, numbers its messages, keeps what it receives; answers nothing by itself. */
export class RawFixClient {
  readonly #socket: Socket;
  readonly #sender: string;
  readonly #target: string;
  readonly received: RawMessage[] = [];
  closed = false;
  nextOut = 1;
  #buffer = '';
  readonly #waiting = new Set<() => void>();

  private constructor(socket: Socket, sender: string, target: string) {
    this.#socket = socket;
    this.#sender = sender;
    this.#target = target;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => {
      this.#buffer += bytes.toString('latin1');
      this.#cut();
      this.#changed();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.closed = true;
      this.#changed();
    });
  }

  /** Uses `socket` (TLS, say) when given, which must be connected. */
  static async connect(options: {
    readonly port: number;
    readonly sender?: string;
    readonly target?: string;
    readonly nextOut?: number;
    readonly socket?: Socket;
  }): Promise<RawFixClient> {
    const socket = options.socket ?? connect(options.port, '127.0.0.1');
    if (options.socket === undefined) {
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve);
        socket.once('error', reject);
      });
    }
    const client = new RawFixClient(socket, options.sender ?? 'VFXLP', options.target ?? 'LPSIM');
    client.nextOut = options.nextOut ?? 1;
    return client;
  }

  /** Sends 35=msgType with these body fields; `header` goes after 52. */
  send(msgType: string, body: RawFields = [], header: RawFields = [], seqNum = this.nextOut++): void {
    const sendingTime = new Date().toISOString().replace(/-/g, '').replace('T', '-').replace('Z', '');
    const fields: RawFields = [
      [35, msgType],
      [34, seqNum],
      [49, this.#sender],
      [52, sendingTime],
      [56, this.#target],
      ...header,
      ...body,
    ];
    const text = fields.map(([tag, value]) => `${tag}=${value}${SOH}`).join('');
    const counted = `8=FIX.4.4${SOH}9=${text.length}${SOH}${text}`;
    this.#socket.write(`${counted}10=${checkSum(counted)}${SOH}`);
  }

  logon(heartBtInt = 30, more: RawFields = []): void {
    this.send('A', [[98, 0], [108, heartBtInt], ...more]);
  }

  /** The first message from `from` on that matches; waits for it, and rejects when the connection closes or `timeoutMs` pass first. */
  async next(matches: (message: RawMessage) => boolean, timeoutMs = 10_000, from = 0): Promise<RawMessage> {
    const found = () => this.received.slice(from).find(matches);
    await this.#until(() => found() !== undefined || this.closed, timeoutMs);
    const message = found();
    if (message === undefined) {
      throw new Error(`closed without the message; received ${this.received.map(({ msgType }) => msgType).join(' ')}`);
    }
    return message;
  }

  async untilClosed(timeoutMs = 10_000): Promise<void> {
    await this.#until(() => this.closed, timeoutMs);
  }

  close(): void {
    this.#socket.destroy();
  }

  #cut(): void {
    for (;;) {
      const end = TRAILER.exec(this.#buffer);
      if (end === null) return;
      const frame = this.#buffer.slice(0, end.index + end[0].length);
      this.#buffer = this.#buffer.slice(frame.length);
      const fields = frame
        .slice(0, -1)
        .split(SOH)
        .map((field) => [Number(field.slice(0, field.indexOf('='))), field.slice(field.indexOf('=') + 1)] as const);
      const get = (tag: number) => fields.find(([each]) => each === tag)?.[1] ?? null;
      const checkSumOk = checkSum(frame.slice(0, end.index + 1)) === get(10);
      this.received.push({ msgType: get(35) ?? '', fields, checkSumOk, get });
    }
  }

  #until(condition: () => boolean, timeoutMs: number): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(check);
        const last = this.received.slice(-10).map(({ msgType }) => msgType);
        reject(new Error(`not seen within ${timeoutMs} ms; closed ${this.closed}, last received ${last.join(' ')}`));
      }, timeoutMs);
      const check = () => {
        if (!condition()) return;
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
    });
  }

  #changed(): void {
    for (const check of [...this.#waiting]) check();
  }
}

function checkSum(text: string): string {
  let sum = 0;
  for (let i = 0; i < text.length; i += 1) sum += text.charCodeAt(i);
  return String(sum % 256).padStart(3, '0');
}
