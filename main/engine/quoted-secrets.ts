const MASK = '***';
/** A shorter secret would mask half of what is said, and tell by what is masked. */
const LEAST = 4;
/** Of reports and notes, those that a peer's words can get into; all others are the engine's own. */
const TEXTS = new Set(['text', 'detail', 'peerText', 'error']);

/**
 * The secrets of an LP, wherever they are quoted: a counterparty may repeat our password in any field, in a TestReqID that we send back, or in what is
 * no message at all. By their values, and beside the masking of their tags, which knows nothing of values. All that this engine was ever given
 * are known: after a change of the password the old one may still be quoted.
 */
export class QuotedSecrets {
  /** Longest first: one may be the beginning of another. */
  #values: readonly string[] = [];
  #needles: readonly Buffer[] = [];
  /** Bytes that may belong to a message which quotes one have come in, and it has not been logged since. */
  #suspect = false;
  #found = false;
  /** The last bytes before these: a secret may come in two pieces. */
  #tail: Buffer = Buffer.alloc(0);

  add(secrets: readonly (string | null)[]): void {
    const known = secrets.filter((secret): secret is string => secret !== null && secret.length >= LEAST);
    this.#values = [...new Set([...this.#values, ...known])].sort((a, b) => b.length - a.length);
    this.#needles = this.#values.map((value) => Buffer.from(value, 'utf8'));
  }

  /** Bytes have come in: looked through once for all the messages in them. */
  received(bytes: Uint8Array, length: number): void {
    const [longest] = this.#needles;
    if (longest === undefined) return;
    const fresh = Buffer.from(bytes.buffer, bytes.byteOffset, length);
    const seam = Buffer.concat([this.#tail, fresh.subarray(0, longest.length)]);
    this.#found = this.#quotes(fresh) || this.#quotes(seam);
    this.#suspect ||= this.#found;
    this.#tail = Buffer.from((fresh.length < longest.length ? seam : fresh).subarray(-longest.length));
  }

  /** A message for the log, with its secrets masked: its own bytes where it quotes none. */
  masked(direction: 'in' | 'out', bytes: Uint8Array, from: number, to: number): Uint8Array | null {
    if (this.#needles.length === 0 || (direction === 'in' && !this.#suspect)) return null;
    const message = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);
    // What comes in later than what was found is looked at by itself.
    if (direction === 'in') this.#suspect = this.#found;
    return this.#quotes(message) ? Buffer.from(this.#without(message.toString('latin1')), 'latin1') : null;
  }

  /** A report or a note, with its texts masked. */
  withoutSecrets<T>(said: T): T {
    return this.#values.length === 0 ? said : (this.#mapped(said) as T);
  }

  #quotes(bytes: Buffer): boolean {
    return this.#needles.some((needle) => bytes.includes(needle));
  }

  #mapped(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#mapped(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [
        name,
        typeof part === 'string' && TEXTS.has(name) ? this.#without(part) : this.#mapped(part),
      ]),
    );
  }

  /** Also where the end of a text that was cut has only the beginning of one. */
  #without(text: string): string {
    const masked = this.#values.reduce((left, value) => left.replaceAll(value, MASK), text);
    for (const value of this.#values) {
      for (let length = value.length - 1; length >= LEAST; length -= 1) {
        if (masked.endsWith(value.slice(0, length))) return masked.slice(0, -length) + MASK;
      }
    }
    return masked;
  }
}
