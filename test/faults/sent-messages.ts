import { message, wire } from '../support/fix-wire.ts';

const utc = (): string => `${new Date().toISOString().replaceAll('-', '').replace('T', '-').slice(0, 21)}`;

interface Kept {
  readonly msgType: string;
  readonly body: string;
  readonly at: string;
}

/** What an LP has sent, by number, so that it can be sent again. */
export class SentMessages {
  readonly #compId: string;
  readonly #forgets: boolean;
  readonly #kept = new Map<number, Kept>();
  #next = 1;

  /** @param forgets keeps nothing: what is asked for again is a gap */
  constructor(compId: string, forgets: boolean) {
    this.#compId = compId;
    this.#forgets = forgets;
  }

  get next(): number {
    return this.#next;
  }

  /** Numbers and keeps a message. @returns its bytes */
  put(msgType: string, body: string): Buffer {
    const at = utc();
    const seqNum = this.#next;
    this.#next += 1;
    if (!this.#forgets) this.#kept.set(seqNum, { msgType, body, at });
    return this.#bytes(msgType, seqNum, `52=${at}|`, body);
  }

  /** The answer to a ResendRequest, inclusive; to 0: all. */
  again(from: number, to: number): Buffer {
    const last = to === 0 ? this.#next - 1 : Math.min(to, this.#next - 1);
    const bytes: Buffer[] = [];
    let gap = from;
    for (let n = from; n <= last; n += 1) {
      const kept = this.#kept.get(n);
      if (kept?.msgType !== 'B') continue;
      if (gap < n) bytes.push(this.#gapFill(gap, n));
      bytes.push(this.#bytes('B', n, `43=Y|52=${utc()}|122=${kept.at}|`, kept.body));
      gap = n + 1;
    }
    if (gap <= last) bytes.push(this.#gapFill(gap, last + 1));
    return Buffer.concat(bytes);
  }

  #gapFill(from: number, to: number): Buffer {
    const at = utc();
    return this.#bytes('4', from, `43=Y|52=${at}|122=${at}|`, `123=Y|36=${to}|`);
  }

  #bytes(msgType: string, seqNum: number, header: string, body: string): Buffer {
    return wire(message(`35=${msgType}|49=${this.#compId}|56=DESK|34=${seqNum}|${header}${body}`));
  }
}
