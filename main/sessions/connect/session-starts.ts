import { join } from 'node:path';
import { readIfThere, writeDurably } from '../../base/durable-file.ts';

/** Of each LP with a schedule, the start of the session that its sequence numbers belong to. Epoch ms. */
export interface SessionStarts {
  get(provider: string): number | null;
  /** Throws the file system's error. */
  set(provider: string, startMs: number): void;
}

/**
 * One file in the data folder. Without it (or damaged) every LP counts as never seen: its numbers go on as they stand in its store, and
 * the next session start resets them.
 */
export function openSessionStarts(dataDir: string): SessionStarts {
  const path = join(dataDir, 'session-starts.json');
  const starts = new Map(parse(readIfThere(path)));
  return {
    get: (provider) => starts.get(provider) ?? null,
    set: (provider, startMs) => {
      if (starts.get(provider) === startMs) return;
      starts.set(provider, startMs);
      writeDurably(path, JSON.stringify(Object.fromEntries(starts)));
    },
  };
}

function parse(text: string | null): readonly (readonly [string, number])[] {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '{}');
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([provider, startMs]: [string, unknown]) =>
    typeof startMs === 'number' ? [[provider, startMs] as const] : [],
  );
}
