import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { SentMessages } from './sent-messages.ts';

/** A Logon that was let in, as the LP saw it. */
export interface WitnessedSession {
  readonly atMs: number;
  /** When its Logout came; null: none did. */
  logoutAtMs: number | null;
  endedMs: number;
}

/** How an LP misbehaves; each lasts until it is set back. */
export interface Manners {
  /** Sends nothing more; reads on. */
  silent: boolean;
  /** Answers a Logon with a Logout of this text. */
  refuse: string | null;
  /** Neither answers a Logout nor ends the connection. */
  muteAtLogout: boolean;
  /** Does not answer ResendRequests. */
  neverFills: boolean;
}

const field = (text: string, tag: number): string => new RegExp(`\\x01${tag}=([^\\x01]*)`).exec(text)?.[1] ?? '';

/**
 * An LP that keeps the numbers of one FIX session over its connections, as an LP does, resends what it is asked for, and remembers
 * whatever should not have been: numbers that jump or come again, two sessions at once.
 */
export class WitnessLp {
  readonly sessions: WitnessedSession[] = [];
  /** What a console must never do: each in a sentence. */
  readonly complaints: string[] = [];
  readonly manners: Manners = { silent: false, refuse: null, muteAtLogout: false, neverFills: false };
  readonly compId: string;
  /** MsgSeqNum expected next. */
  expectedIn = 1;
  connections = 0;
  /** After which a client is taken for gone. */
  silenceMs = 6_500;
  /** Messages heard, by MsgType. */
  readonly heard = new Map<string, number>();
  readonly #server: Server;
  readonly #own: boolean;
  /** Hears of no connection any more. */
  readonly #leave: () => void;
  readonly #open = new Map<Socket, WitnessedSession | null>();
  readonly #sent: SentMessages;
  #stream: NodeJS.Timeout | null = null;
  #perSecond = 0;
  #ids = 0;
  /** One above the highest number heard: up to it everything is to come, if need be again. */
  #owedTo = 1;

  private constructor(server: Server, compId: string, forgets: boolean, own: boolean) {
    this.#own = own;
    this.#server = server;
    this.compId = compId;
    this.#sent = new SentMessages(compId, forgets);
    const accepted = server instanceof TlsServer ? 'secureConnection' : 'connection';
    const serve = (socket: Socket): void => this.#serve(socket);
    server.on(accepted, serve);
    this.#leave = () => void server.off(accepted, serve);
  }

  /**
   * @param server one that listens, in another network say; on loopback when left out
   * @param forgets keeps no message for a resend: for long runs
   */
  static async listen(compId: string, server?: Server, forgets = false): Promise<WitnessLp> {
    if (server !== undefined) return new WitnessLp(server, compId, forgets, false);
    const own = createServer({ noDelay: true });
    own.listen(0, '127.0.0.1');
    await once(own, 'listening');
    return new WitnessLp(own, compId, forgets, true);
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return address.port;
  }

  get nextOut(): number {
    return this.#sent.next;
  }

  get loggedOn(): boolean {
    return [...this.#open.values()].some((session) => session !== null);
  }

  /** Application messages sent so far, each once: its id is in Headline(148). */
  get applicationMessages(): number {
    return this.#ids;
  }

  /** Sends this many application messages a second on every session that is up; 0 ends it. */
  stream(perSecond: number): void {
    if (this.#stream !== null) clearInterval(this.#stream);
    this.#perSecond = perSecond;
    this.#stream = perSecond === 0 ? null : setInterval(() => this.news(Math.max(1, Math.round(perSecond / 20))), 50);
  }

  /** Pauses its stream, so that numbers can be compared. @returns goes on with it */
  hold(): () => void {
    const perSecond = this.#perSecond;
    this.stream(0);
    return () => this.stream(perSecond);
  }

  /** Application messages now, on the session that is up. */
  news(count: number): void {
    if (this.manners.silent) return;
    const socket = this.#current();
    if (socket === null) return;
    const bytes: Buffer[] = [];
    for (let n = 0; n < count; n += 1) {
      this.#ids += 1;
      bytes.push(this.#sent.put('B', `148=id-${this.#ids}|33=1|58=a line|`));
    }
    socket.write(Buffer.concat(bytes));
  }

  /** So many answers are asked for at once. */
  testRequests(count: number): void {
    const socket = this.#current();
    for (let n = 0; n < count; n += 1) socket?.write(this.#sent.put('1', `112=please-${n}|`));
  }

  /** Numbers that stand for messages and never arrive. */
  skip(count: number): void {
    for (let n = 0; n < count; n += 1) {
      this.#ids += 1;
      this.#sent.put('B', `148=id-${this.#ids}|33=1|58=kept back|`);
    }
  }

  /** As they are, to whoever is connected. */
  write(bytes: Buffer): void {
    for (const socket of this.#open.keys()) socket.write(bytes);
  }

  logout(text: string): void {
    this.#current()?.write(this.#sent.put('5', `58=${text}|`));
  }

  end(how: 'RST' | 'FIN'): void {
    for (const socket of this.#open.keys()) {
      if (how === 'RST') socket.resetAndDestroy();
      else socket.end();
    }
  }

  /** Ends what is open; a server of its own does not listen any more. */
  async close(): Promise<void> {
    this.stream(0);
    this.#leave();
    for (const socket of this.#open.keys()) socket.destroy();
    if (!this.#own) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  #current(): Socket | null {
    for (const [socket, session] of this.#open) if (session !== null && socket.writable) return socket;
    return null;
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    this.#open.set(socket, null);
    let buffer = '';
    let heardAtMs = performance.now();
    // As an LP does: a client that says nothing for three heartbeats is gone, whatever has become of its FIN.
    const watch = setInterval(() => {
      if (performance.now() - heardAtMs > this.silenceMs) socket.destroy();
    }, 250);
    socket.on('error', () => socket.destroy());
    // A side that has ended its half has ended.
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      clearInterval(watch);
      const session = this.#open.get(socket) ?? null;
      this.#open.delete(socket);
      if (session !== null) session.endedMs = performance.now();
    });
    socket.on('data', (bytes) => {
      heardAtMs = performance.now();
      buffer += bytes.toString('latin1');
      for (let end = /\x0110=\d{3}\x01/.exec(buffer); end !== null; end = /\x0110=\d{3}\x01/.exec(buffer)) {
        const text = buffer.slice(0, end.index + 1);
        buffer = buffer.slice(end.index + end[0].length);
        this.#message(socket, text);
      }
    });
  }

  #message(socket: Socket, text: string): void {
    const msgType = field(text, 35);
    this.heard.set(msgType, (this.heard.get(msgType) ?? 0) + 1);
    if (msgType === 'A' && !this.#logon(socket, text)) return;
    if (!this.#count(socket, text, msgType) && msgType !== 'A') return;
    const send = (type: string, body: string): void => {
      const sent = this.#sent.put(type, body);
      if (!this.manners.silent) socket.write(sent);
    };
    if (msgType === 'A') {
      send('A', `98=0|108=${field(text, 108)}|`);
      // Asked for after the answer: the first message of a session is its Logon.
      if (this.expectedIn < this.#owedTo) send('2', `7=${this.expectedIn}|16=0|`);
    }
    if (msgType === '1') send('0', `112=${field(text, 112)}|`);
    if (msgType === '0') send('0', '');
    if (msgType === '2' && !this.manners.neverFills) this.#resend(socket, Number(field(text, 7)), Number(field(text, 16)));
    if (msgType === '5') {
      const session = this.#open.get(socket) ?? null;
      if (session !== null) session.logoutAtMs ??= performance.now();
      if (this.manners.muteAtLogout) return;
      send('5', '');
      socket.end();
    }
  }

  /** @returns whether it is let in */
  #logon(socket: Socket, text: string): boolean {
    if (this.manners.refuse !== null) {
      this.expectedIn = Math.max(this.expectedIn, Number(field(text, 34)) + 1);
      socket.end(this.#sent.put('5', `58=${this.manners.refuse}|`));
      return false;
    }
    const others = [...this.#open].filter(([other, session]) => other !== socket && session !== null);
    if (others.length > 0) this.complaints.push(`a Logon while ${others.length} session was on`);
    if (field(text, 141) === 'Y') this.complaints.push('a Logon that resets the numbers');
    const session = { atMs: performance.now(), logoutAtMs: null, endedMs: Number.POSITIVE_INFINITY };
    this.sessions.push(session);
    this.#open.set(socket, session);
    return true;
  }

  /** @returns whether the message is the next one */
  #count(socket: Socket, text: string, msgType: string): boolean {
    const seqNum = Number(field(text, 34));
    const next = msgType === '4' ? Number(field(text, 36)) : seqNum + 1;
    if (seqNum === this.expectedIn) {
      this.expectedIn = next;
      return true;
    }
    if (seqNum > this.expectedIn) {
      const recovering = this.expectedIn < this.#owedTo;
      this.#owedTo = Math.max(this.#owedTo, next);
      if (msgType === 'A' || recovering) return false;
      this.complaints.push(`${msgType} numbered ${seqNum} where ${this.expectedIn} was due`);
      socket.write(this.#sent.put('2', `7=${this.expectedIn}|16=0|`));
      return false;
    }
    if (field(text, 43) !== 'Y') this.complaints.push(`${msgType} numbered ${seqNum} again; ${this.expectedIn} was due`);
    return false;
  }

  #resend(socket: Socket, from: number, to: number): void {
    socket.write(this.#sent.again(from, to));
  }
}
