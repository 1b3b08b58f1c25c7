/** What a session must know about itself and its counterparty. Immutable; replaced as a whole between connections. */
export interface SessionSettings {
  readonly senderCompId: string;
  readonly targetCompId: string;
  readonly senderSubId: string | null;
  readonly targetSubId: string | null;
  /** HeartBtInt(108), seconds. */
  readonly heartBtInt: number;
  readonly username: string | null;
  readonly password: string | null;
  /** NewPassword(925), to replace the password. */
  readonly newPassword: string | null;
  /** Further fields of our Logon, in order: [tag, value]. */
  readonly logonTags: readonly (readonly [number, string])[];
  /** Tags whose values in a Logon are secrets, besides Password(554) and NewPassword(925). */
  readonly secretTags: readonly number[];
  /** ResetSeqNumFlag(141)=Y on every Logon. */
  readonly resetOnLogon: boolean;
  /** What becomes of a session whose peer goes on with its old numbers although our Logon carried 141=Y: refused, or its gap is asked for. */
  readonly resetNotHonoured: 'refuse' | 'continue';
  /** NextExpectedMsgSeqNum(789) in our Logons. */
  readonly sendNextExpected: boolean;
  readonly logonTimeoutMs: number;
  readonly logoutAckMs: number;
  /** TestRequest after HeartBtInt × (1 + this) of silence. */
  readonly testRequestThreshold: number;
  readonly sendingTimeThresholdMs: number;
  /** A larger message from the peer ends the session. */
  readonly maxMessageBytes: number;
  /** Validate inbound messages against the dictionary. */
  readonly validate: boolean;
  /** What `send` does while the session is not logged on (scenario 16). */
  readonly whenDisconnected: 'queue' | 'refuse';
  /** Application MsgTypes that the application handles, others get BusinessMessageReject 380=3 (scenario 2 r); null: all of the dictionary. */
  readonly supportedMsgTypes: readonly string[] | null;
  /** Application MsgTypes never sent again: a GapFill stands for them (scenario 8). */
  readonly neverResendMsgTypes: readonly string[];
}
