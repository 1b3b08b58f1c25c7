import { join } from 'node:path';
import { readIfThere, writeDurably } from '../../base/durable-file.ts';

/**
 * Of each FIX session with a schedule, when the session began that its sequence numbers belong to. Epoch ms. By CompIDs, as message stores are:
 * the numbers are the FIX session's, not the row's.
 */
export interface SessionStarts {
  get(compIds: string): number | null;
  /** Throws the file system's error. */
  set(compIds: string, startMs: number): void;
  /** What was kept under the row's name, before there were CompIDs here, is this session's. Throws the file system's error. */
  adopt(provider: string, compIds: string): void;
}

/**
 * One file in the data folder. Without it (or damaged) every LP counts as never seen: its numbers go on as they stand in its store, and
 * the next session start resets them.
 */
export function openSessionStarts(dataDir: string): SessionStarts {
  const path = join(dataDir, 'session-starts.json');
  const starts = new Map(parse(readIfThere(path)));
  const write = (): void => writeDurably(path, JSON.stringify(Object.fromEntries(starts)));
  return {
    get: (compIds) => starts.get(compIds) ?? null,
    set: (compIds, startMs) => {
      if (starts.get(compIds) === startMs) return;
      starts.set(compIds, startMs);
      write();
    },
    adopt: (provider, compIds) => {
      const startMs = starts.get(provider);
      if (startMs === undefined) return;
      starts.delete(provider);
      if (!starts.has(compIds)) starts.set(compIds, startMs);
      write();
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
  return Object.entries(value).flatMap(([compIds, startMs]: [string, unknown]) =>
    typeof startMs === 'number' ? [[compIds, startMs] as const] : [],
  );
}
