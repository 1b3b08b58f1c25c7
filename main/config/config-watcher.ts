import type { Clock } from '../contracts/clock.ts';
import { holdConnection } from './dedicated-connection.ts';

const CHANNEL = 'vfxlp_config';
const POLL_MS = 5_000;

/** Announces changes of `"vfx_LPProviderConfig"`, whoever made them. */
export interface ConfigWatcher {
  /** The provider whose row changed; null: perhaps any (slow poll, reconnect, TRUNCATE). Returns the function that unsubscribes. */
  onChange(listener: (provider: string | null) => void): () => void;
  close(): Promise<void>;
}

/** LISTEN on a connection of its own, with a slow poll behind it for notices that were lost and for what needs none. */
export function watchConfig(url: string, clock: Clock): ConfigWatcher {
  const listeners = new Set<(provider: string | null) => void>();
  const tell = (provider: string | null) => {
    for (const listener of listeners) listener(provider);
  };
  const connection = holdConnection(url, clock, {
    name: 'watcher',
    onUp: async (query) => {
      await query(`LISTEN ${CHANNEL}`);
      tell(null);
    },
    // The database's health says so; what changes meanwhile is found after the reconnect.
    onDown: () => undefined,
    onBeat: async (query) => {
      await query('SELECT 1');
    },
    onNotice: (payload) => tell(payload === '' ? null : payload),
  });
  let cancelPoll: () => void = () => undefined;
  const poll = () => {
    cancelPoll = clock.after(POLL_MS, () => {
      tell(null);
      poll();
    });
  };
  poll();
  return {
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      cancelPoll();
      listeners.clear();
      await connection.close();
    },
  };
}
