import { fileURLToPath } from 'node:url';

/** The process that writes kill latches, from source: Node runs it as it is. */
export const LATCH_WRITER = fileURLToPath(new URL('../../main/sessions/kill/latch-writer.ts', import.meta.url));
