import type { ConsoleState } from './console-store.ts';
import { utcTime } from './format.ts';

/** Why what is pressed now cannot be sent; null: it can. A kill is sent to a console that is silent: it acts on it as soon as it can. */
export function cannotSend({ connection, mirror }: ConsoleState, what: 'acts' | 'kills'): string | null {
  if (connection.kind === 'live') return null;
  if (connection.kind === 'connecting') return 'Waiting for the console';
  if (what === 'kills' && connection.linkOpen) return null;
  const since = `The console has not been heard since ${utcTime(connection.sinceMs + mirror.offsetMs)}`;
  return what === 'kills' ? `${since}: use \`vfxlp kill\` on its machine` : since;
}
