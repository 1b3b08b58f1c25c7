/**
 * jspurefix's stock initiator, for the bench: its own session, transport and dictionary, without a message store. With a file name it
 * writes its FIX log there, as all of its samples do.
 *
 *   node test/bench/jspurefix-initiator.ts PORT [LOGFILE]
 */
import { createRequire } from 'node:module';
import type { MsgView } from 'jspurefix/dist/buffer/msg-view.js';
import type { IJsFixConfig } from 'jspurefix/dist/config/js-fix-config.js';
import type { IJsFixLogger } from 'jspurefix/dist/config/js-fix-logger.js';
import type { ISessionDescription } from 'jspurefix/dist/transport/session/session-description.js';

const require = createRequire(import.meta.url);
createRequire(require.resolve('jspurefix/package.json'))('reflect-metadata');
const { AsciiSession, EmptyLogFactory, JsFixWinstonLogFactory, SessionLauncher } =
  require('jspurefix') as typeof import('jspurefix');

const [port, logFile] = process.argv.slice(2);

class QuietSession extends AsciiSession {
  private readonly fixLog: IJsFixLogger | null;

  public constructor(config: IJsFixConfig) {
    super(config);
    this.fixLog = logFile === undefined ? null : new JsFixWinstonLogFactory().plain(logFile);
    this.logReceivedMsgs = logFile !== undefined;
  }
  protected onApplicationMsg(_msgType: string, _view: MsgView): void {
    // Counting is the blaster's business.
  }
  protected onReady(): void {
    // Nothing to send.
  }
  protected onStopped(): void {
    process.exit(0);
  }
  protected onLogon(): boolean {
    return true;
  }
  protected onDecoded(_msgType: string, text: string): void {
    this.fixLog?.info(text);
  }
  protected onEncoded(_msgType: string, text: string): void {
    this.fixLog?.info(text);
  }
}

const description: ISessionDescription = {
  Name: 'bench',
  application: {
    reconnectSeconds: 1,
    resilient: false,
    type: 'initiator',
    name: 'bench',
    tcp: { host: '127.0.0.1', port: Number(port) },
    protocol: 'ascii',
    dictionary: 'qf44',
  },
  Username: 'bench',
  Password: 'bench',
  ResetSeqNumFlag: true,
  HeartBtInt: 30,
  SenderCompId: 'VFXLP',
  TargetCompID: 'LP',
  SenderSubID: 'BENCH',
  TargetSubID: 'FIX',
  BeginString: 'FIX.4.4',
};

class Bench extends SessionLauncher {
  constructor() {
    super(description, null, new EmptyLogFactory());
  }
  protected override makeFactory(_config: IJsFixConfig): { makeSession: (config: IJsFixConfig) => QuietSession } {
    return { makeSession: (config) => new QuietSession(config) };
  }
}

await new Bench().run();
