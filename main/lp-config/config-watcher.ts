import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/emitter.ts';
import type { HoldConnection } from './database-port.ts';

const CHANNEL = 'vfxlp_config';
const POLL_MS = 5_000;

/** Announces changes of `"vfx_LPProviderConfig"`, whoever made them. */
export interface ConfigWatcher {
  /** The provider whose row changed; null: perhaps any (slow poll, reconnect, TRUNCATE). Returns the function that unsubscribes. */
  onChange(listener: (provider: string | null) => void): () => void;
  close(): Promise<void>;
}

/** LISTEN on a connection of its own, with a slow poll behind it for notices that were lost and for what needs none. */
export function watchConfig(hold: HoldConnection, clock: Clock): ConfigWatcher {
  const changes = new Emitter<string | null>();
  const connection = hold({
    name: 'watcher',
    onUp: async (query) => {
      await query(`LISTEN ${CHANNEL}`);
      changes.emit(null);
    },
    // The database's health says so; what changes meanwhile is found after the reconnect.
    onDown: () => undefined,
    onBeat: async (query) => {
      await query('SELECT 1');
    },
    onNotice: (payload) => changes.emit(payload === '' ? null : payload),
  });
  let cancelPoll: () => void = () => undefined;
  const poll = () => {
    cancelPoll = clock.after(POLL_MS, () => {
      changes.emit(null);
      poll();
    });
  };
  poll();
  return {
    onChange: changes.on,
    async close() {
      cancelPoll();
      changes.clear();
      await connection.close();
    },
  };
}
