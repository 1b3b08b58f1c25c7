import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { EmptyLogFactory } from 'jspurefix/dist/config/empty-log-factory.js';
import type { IJsFixConfig } from 'jspurefix/dist/config/js-fix-config.js';
import { SessionContainer } from 'jspurefix/dist/runtime/session-container.js';
import { makeSessionScope } from 'jspurefix/dist/runtime/session-scope.js';
import type { IFixSessionStore } from 'jspurefix/dist/store/fix-session-store.js';
import { MsgTransport } from 'jspurefix/dist/transport/factory/msg-transport.js';
import type { ISessionDescription } from 'jspurefix/dist/transport/session/session-description.js';
import { SessionRegistry } from 'jspurefix/dist/transport/session/session-registry.js';
import { type Fault, FaultBoard } from './fault.ts';
import { FaultyDuplex } from './faulty-duplex.ts';
import { type LpParts, LpSession } from './lp-session.ts';
import { RecentMessages, SequenceStore } from './lp-store.ts';
import { Market } from './market.ts';
import type { SimulatorOptions } from './options.ts';
import { type SimulatorState, Witness } from './witness.ts';

const RECENT_MESSAGES = 20_000;

interface Connection {
  readonly session: LpSession;
  readonly duplex: FaultyDuplex;
}

/** A simulated LP: listens, and serves each connection with a session that goes on with the numbers of the one before. */
export class SimulatedLp {
  readonly #options: SimulatorOptions;
  readonly #config: IJsFixConfig;
  readonly #parts: LpParts;
  readonly #stores = new Map<string, IFixSessionStore>();
  readonly #connections = new Set<Connection>();
  #server: Server;
  #port: number;
  #accepted = 0;
  #upAgain: NodeJS.Timeout | null = null;

  private constructor(options: SimulatorOptions, config: IJsFixConfig) {
    this.#options = options;
    this.#config = config;
    this.#port = options.port;
    this.#parts = {
      compId: options.sender,
      clientCompId: options.target,
      rate: options.rate,
      resetAtStart: options.reset,
      market: new Market(options.seed),
      faults: new FaultBoard(),
      witness: new Witness(),
      recent: new RecentMessages(RECENT_MESSAGES),
    };
    config.sessionRegistry = new SessionRegistry();
    config.sessionStoreFactory = {
      create: (id) => {
        const known = this.#stores.get(id.toString());
        const store = known ?? new SequenceStore(id);
        this.#stores.set(id.toString(), store);
        return store;
      },
    };
    this.#server = this.#makeServer();
    for (const fault of options.faults) this.#parts.faults.set(fault);
  }

  /** Fails when the port is taken or a certificate file cannot be read. */
  static async start(options: SimulatorOptions): Promise<SimulatedLp> {
    const lp = new SimulatedLp(options, await makeConfig(options));
    await lp.#listen();
    return lp;
  }

  get port(): number {
    return this.#port;
  }

  state(): SimulatorState {
    const store = [...this.#stores.values()].at(-1);
    return this.#parts.witness.state(store?.senderSeqNum ?? 1, store?.targetSeqNum ?? 1, this.#parts.faults.list());
  }

  /** Switches a standing fault on, or commits a one-off one on the connections that are up. */
  commit(fault: Fault): void {
    this.#parts.faults.set(fault);
    if (fault.kind === 'down') this.#goDown(fault.seconds);
    for (const { session, duplex } of this.#connections) {
      switch (fault.kind) {
        case 'drop':
        case 'down':
        case 'flap':
          duplex.destroy();
          break;
        case 'sequence-gap':
          session.skipNumbers(fault.count);
          break;
        case 'garbled':
          duplex.garbleNext += fault.count;
          break;
        case 'logout':
          session.logOut(fault.text);
          break;
        case 'reject':
          session.rejectLast(fault.text);
          break;
        case 'resend-storm':
          session.startResendStorm(fault.everyMs);
          break;
        case 'none':
        case 'refuse-logon':
        case 'silent':
        case 'slow':
        case 'wrong-heartbeat':
          break;
      }
    }
  }

  async close(): Promise<void> {
    if (this.#upAgain !== null) clearTimeout(this.#upAgain);
    for (const { duplex } of this.#connections) duplex.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #makeServer(): Server {
    const { tls } = this.#options;
    if (tls === null) return createServer((socket) => this.#accept(socket));
    const server = createTlsServer({
      key: readFileSync(tls.keyFile),
      cert: readFileSync(tls.certFile),
      ...(tls.clientCaFile === null ? {} : { ca: readFileSync(tls.clientCaFile), requestCert: true, rejectUnauthorized: true }),
    });
    // A handshake that fails (or a port scan) ends that connection alone.
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server.on('secureConnection', (socket) => this.#accept(socket));
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', () => {
        const address = this.#server.address();
        if (address !== null && typeof address === 'object') this.#port = address.port;
        resolve();
      });
    });
  }

  #goDown(seconds: number): void {
    if (this.#upAgain !== null) clearTimeout(this.#upAgain);
    this.#server.close();
    this.#upAgain = setTimeout(() => {
      this.#server = this.#makeServer();
      this.#listen().catch((error: unknown) => {
        console.error('the simulated LP cannot listen again on its port:', error);
        process.exit(1);
      });
    }, seconds * 1000);
  }

  #accept(socket: Socket): void {
    const { witness, faults } = this.#parts;
    socket.setNoDelay(true);
    const duplex = new FaultyDuplex(socket, faults);
    this.#accepted += 1;
    const scoped = makeSessionScope(this.#config);
    const transport = new MsgTransport(this.#accepted, scoped, duplex);
    const session = new LpSession(scoped, this.#parts);
    const connection = { session, duplex };
    this.#connections.add(connection);
    witness.connections += 1;
    witness.openConnections += 1;
    // A lost connection is what a simulated LP is for: it ends this session, and the next connection is awaited.
    const ended = (reason: string) => session.requestStop(reason);
    session.on('error', () => duplex.end());
    socket.on('error', (error) => ended(error.message));
    socket.on('close', () => {
      this.#connections.delete(connection);
      witness.openConnections -= 1;
      ended('connection closed');
    });
    session.run(transport).catch(() => duplex.end());
  }
}

async function makeConfig(options: SimulatorOptions): Promise<IJsFixConfig> {
  const description = {
    application: {
      name: options.sender,
      type: 'acceptor',
      protocol: 'ascii',
      dictionary: createRequire(import.meta.url).resolve('jspurefix/data/FIX44.xml'),
      resilient: false,
      reconnectSeconds: 0,
    },
    Name: options.sender,
    SenderCompId: options.sender,
    // Taken from whoever logs on; LpSession says who may.
    TargetCompID: '*',
    BeginString: 'FIX.4.4',
    HeartBtInt: 30,
    ResetSeqNumFlag: false,
    BodyLengthChars: 4,
  };
  const container = new SessionContainer();
  container.registerGlobal(new EmptyLogFactory());
  // Username, Password and sub-ids are required by the type alone: an acceptor that has none sends none.
  const system = await container.makeSystem(description as ISessionDescription);
  return system.resolve<IJsFixConfig>('IJsFixConfig');
}
