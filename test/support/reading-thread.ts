import { fileURLToPath } from 'node:url';

/** The thread that reads for screens, from source: Node runs it as it is. */
export const READING_THREAD = fileURLToPath(new URL('../../main/reading/reading-thread.ts', import.meta.url));
