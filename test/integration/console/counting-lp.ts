import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { message, wire } from '../../support/fix-wire.ts';

interface Session {
  readonly atMs: number;
  endedMs: number;
}

const field = (text: string, tag: number): string => new RegExp(`\\x01${tag}=([^\\x01]*)`).exec(text)?.[1] ?? '';

/** An LP that lets everybody in and counts who is logged on, and when. */
export class CountingLp {
  readonly logons: Session[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#serve(socket));
  }

  static async listen(): Promise<CountingLp> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new CountingLp(server);
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return address.port;
  }

  get ended(): number {
    return this.logons.filter(({ endedMs }) => endedMs !== Number.POSITIVE_INFINITY).length;
  }

  /** Sessions that began before another had ended. */
  get overlaps(): number {
    return this.logons.filter((one, i) => this.logons.slice(0, i).some(({ endedMs }) => endedMs > one.atMs)).length;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let seqNum = 0;
    let session: Session | null = null;
    const send = (msgType: string, body: string): void => {
      seqNum += 1;
      const time = new Date().toISOString().replaceAll('-', '').replace('T', '-').replace('Z', '');
      socket.write(wire(message(`35=${msgType}|49=LP|56=DESK|34=${seqNum}|52=${time}|${body}`)));
    };
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (session !== null) session.endedMs = performance.now();
    });
    socket.on('data', (bytes) => {
      for (const text of bytes.toString('latin1').split('8=FIX.4.4').slice(1)) {
        if (field(text, 35) === 'A') {
          session = { atMs: performance.now(), endedMs: Number.POSITIVE_INFINITY };
          this.logons.push(session);
          send('A', `98=0|108=${field(text, 108)}|`);
        }
        // Mute at Logout: whatever it does not answer must not keep a session on.
        if (field(text, 35) === '1') send('0', `112=${field(text, 112)}|`);
      }
    });
  }
}
