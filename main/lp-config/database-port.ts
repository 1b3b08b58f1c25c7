/** What the configuration needs of the database. */

export type Row = Record<string, unknown>;
/** One statement; values stand for $1, $2 … */
type Query = (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

export interface Database {
  readonly query: Query;
  /** Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
}

/** Holds one connection for as long as it is used, and makes it again whenever it ends. */
export type HoldConnection = (use: {
  readonly name: string;
  /** Runs on every new connection before it counts. */
  readonly onUp: (query: Query) => Promise<void>;
  readonly onDown: (error: Error) => void;
  /** Proves that the connection lives. */
  readonly onBeat: (query: Query) => Promise<void>;
  readonly onNotice: (payload: string) => void;
}) => { close(): Promise<void> };
