import type { MsgView } from 'jspurefix/dist/buffer/msg-view.js';
import type { ILooseObject } from 'jspurefix/dist/collections/collection.js';
import type { IJsFixConfig } from 'jspurefix/dist/config/js-fix-config.js';
import { FixMsgAsciiStoreResend } from 'jspurefix/dist/store/fix-msg-ascii-store-resend.js';
import { FixMsgStoreRecord, type IFixMsgStoreRecord } from 'jspurefix/dist/store/fix-msg-store-record.js';
import type { AsciiMsgTransmitter } from 'jspurefix/dist/transport/ascii/ascii-msg-transmitter.js';
import { AsciiSession } from 'jspurefix/dist/transport/ascii/ascii-session.js';
import { asMutable } from 'jspurefix/dist/transport/session/clone-session-description.js';
import { SessionState } from 'jspurefix/dist/transport/session/session-state.js';
import type { FaultBoard } from './fault.ts';
import type { RecentMessages } from './lp-store.ts';
import type { Market } from './market.ts';
import type { Witness } from './witness.ts';

/** What the sessions of one simulated LP share over its reconnects. */
export interface LpParts {
  readonly compId: string;
  /** CompID that may log on; `*` for any. */
  readonly clientCompId: string;
  /** Application messages a second. */
  readonly rate: number;
  /** Answers the first Logon after a start with 141=Y when the client's number is not 1: the LP has lost its numbers. */
  readonly resetAtStart: boolean;
  readonly market: Market;
  readonly faults: FaultBoard;
  readonly witness: Witness;
  readonly recent: RecentMessages;
}

const TAG = { HeartBtInt: 108, MsgSeqNum: 34, ResetSeqNumFlag: 141, SenderCompID: 49, TargetCompID: 56 } as const;
const STREAM_EVERY_MS = 50;

/** One connection to a simulated LP: jspurefix's acceptor session with an application that streams a market. */
export class LpSession extends AsciiSession {
  readonly #lp: LpParts;
  #logoutText: string | null = null;
  /** MsgSeqNum of a Logon that has not been accepted yet. */
  #logonNumber: number | null = null;
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(config: IJsFixConfig, lp: LpParts) {
    super(config);
    this.#lp = lp;
    this.store = lp.recent;
    this.resender = new FixMsgAsciiStoreResend(lp.recent, config);
  }

  get isLoggedOn(): boolean {
    const { state } = this.sessionState;
    return state === SessionState.InitiationLogonResponse || state === SessionState.ActiveNormalSession;
  }

  skipNumbers(count: number): void {
    const transmitter = this.transport?.transmitter as AsciiMsgTransmitter | undefined;
    if (transmitter !== undefined) transmitter.msgSeqNum += count;
  }

  logOut(text: string): void {
    this.#logoutText = text;
    this.done();
  }

  /** Session-level Reject of the last message received; 373=99, other. */
  rejectLast(text: string): void {
    const last = this.#lp.witness.lastReceived;
    const reject = last === null ? undefined : this.config.factory?.reject(last.msgType, last.seqNum, text, 99);
    if (reject !== undefined) this.send('3', reject);
  }

  startResendStorm(everyMs: number): void {
    this.#every(everyMs, () => {
      if (this.#lp.faults.standing['resend-storm'] !== undefined && this.isLoggedOn) this.sendResendRequest(0, 1);
    });
  }

  protected override onMsg(msgType: string, view: MsgView): void {
    if (msgType === 'A' && !this.isLoggedOn) this.#logonNumber = Number(view.getTyped(TAG.MsgSeqNum));
    super.onMsg(msgType, view);
  }

  /** The stock session ends the transport without a word when the number of a Logon is too low; an LP says so. */
  protected override stop(error: Error | null = null): void {
    const expected = this.sessionState.lastPeerMsgSeqNum + 1;
    if (error === null && this.#logonNumber !== null && this.#logonNumber < expected) {
      this.sendLogout(`MsgSeqNum too low, expecting ${expected} but received ${this.#logonNumber}`);
    }
    super.stop(error);
  }

  protected override onLogon(view: MsgView): boolean {
    this.#logonNumber = null;
    const { faults, witness, compId, clientCompId, resetAtStart } = this.#lp;
    const refuse = (text: string): boolean => {
      this.#logoutText = text;
      return false;
    };
    const sender = view.getString(TAG.SenderCompID);
    const target = view.getString(TAG.TargetCompID);
    if (target !== compId) return refuse(`Unknown TargetCompID ${target}`);
    if (clientCompId !== '*' && sender !== clientCompId) return refuse(`Unknown SenderCompID ${sender}`);
    if (faults.standing['refuse-logon'] !== undefined) return refuse(faults.standing['refuse-logon'].text);

    const asked = Number(view.getTyped(TAG.HeartBtInt));
    this.config.description.HeartBtInt = faults.standing['wrong-heartbeat']?.heartBtInt ?? asked;
    // The session looks at its clock five times a second: due that much earlier, a Heartbeat leaves in time.
    (this.sessionState as { heartBeat: number }).heartBeat = asked - 0.2;
    const lostNumbers = resetAtStart && witness.logons === 0 && Number(view.getTyped(TAG.MsgSeqNum)) !== 1;
    asMutable(this.config.description).ResetSeqNumFlag = view.getTyped(TAG.ResetSeqNumFlag) === true || lostNumbers;
    return true;
  }

  protected override onReady(): void {
    const { faults, witness } = this.#lp;
    witness.logons += 1;
    witness.loggedOn = true;
    this.#stream();
    const { flap } = faults.standing;
    if (flap !== undefined) {
      const timer = setTimeout(() => {
        if (faults.standing.flap !== undefined) this.transport?.duplex.destroy();
      }, flap.seconds * 1000);
      this.#timers.push(timer);
    }
    const storm = faults.standing['resend-storm'];
    if (storm !== undefined) this.startResendStorm(storm.everyMs);
  }

  protected override onApplicationMsg(): void {
    // An order or a request from the client needs no answer here: the market streams to everybody.
  }

  protected override onDecoded(msgType: string, text: string): void {
    this.#lp.witness.saw('in', msgType, text);
  }

  protected override onEncoded(msgType: string, text: string): void {
    this.#lp.witness.saw('out', msgType, text);
  }

  protected override onStopped(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#lp.witness.loggedOn = false;
  }

  protected override sendLogout(text: string): void {
    super.sendLogout(this.#logoutText ?? text);
  }

  /** The stock session takes the number of a message resent for its last one. */
  protected override txOnEncoded(msgType: string, data: string, header: ILooseObject): void {
    const next = this.sessionStore.senderSeqNum;
    const last = this.sessionState.lastHeader;
    super.txOnEncoded(msgType, data, header);
    if (header['PossDupFlag'] !== true) return;
    this.sessionStore.senderSeqNum = next;
    this.sessionState.lastHeader = last;
  }

  #stream(): void {
    const { rate, market, faults, recent } = this.#lp;
    if (rate <= 0) return;
    let owed = 0;
    let last = performance.now();
    this.#every(STREAM_EVERY_MS, () => {
      const passedMs = performance.now() - last;
      last += passedMs;
      const stream = this.transport?.transmitter.encodeStream;
      if (!this.isLoggedOn || faults.standing.silent !== undefined || stream === undefined || stream.writableNeedDrain) return;
      // What a pause held back beyond a second is not made up for.
      owed = Math.min(owed + (rate * passedMs) / 1_000, Math.max(rate, 1));
      for (; owed >= 1; owed -= 1) {
        const now = new Date();
        const { msgType, body } = market.next(now);
        this.send(msgType, body, (error, { header }) => {
          const seqNum: unknown = header?.['MsgSeqNum'];
          if (error === null && typeof seqNum === 'number') {
            void recent.put(new FixMsgStoreRecord(msgType, now, seqNum, body) as IFixMsgStoreRecord);
          }
        });
      }
    });
  }

  #every(ms: number, action: () => void): void {
    this.#timers.push(setInterval(action, ms));
  }
}
