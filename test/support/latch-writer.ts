import { fileURLToPath } from 'node:url';
import { forkHelper } from '../../main/sessions/fork-helper.ts';

/** The process that writes kill latches, from source: Node runs it as it is. */
export const LATCH_WRITER = forkHelper(fileURLToPath(new URL('../../main/sessions/kill/latch-writer.ts', import.meta.url)));
