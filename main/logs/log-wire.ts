/**
 * Between whoever has lines of a log and the process that writes the logs, over a private socket. To it: one line of JSON, the opening, then the lines
 * of the log as they are to stand in the file. From it: lines of digits, how many bytes of these lines it is done with.
 */

export const LOG_NAMES = ['fix', 'events', 'tunnel'] as const;
export type LogName = (typeof LOG_NAMES)[number];

/** Which log the lines are of. */
export interface LogOpening {
  readonly provider: string;
  /** null: of none, as in a rehearsal; they are taken and thrown away. */
  readonly log: LogName | null;
}

export const MAX_OPENING_BYTES = 1_024;
/** Of one line: a message of 8 MiB, each byte escaped, is half of it. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** @returns null for what is no opening; the provider is not looked at */
export function openingOf(text: string): LogOpening | null {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (typeof said !== 'object' || said === null || !('provider' in said) || !('log' in said)) return null;
  const { provider, log } = said;
  if (typeof provider !== 'string') return null;
  const name = LOG_NAMES.find((one) => one === log);
  if (name === undefined) return log === null ? { provider, log } : null;
  return { provider, log: name };
}

/** As it is called in a sentence. */
export const logTitle = (name: string): string => (name === 'fix' ? 'The FIX log' : `${name}.log`);
