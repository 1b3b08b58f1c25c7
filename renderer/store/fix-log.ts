import type { FixLogBatch } from '../../main/contracts/ipc.ts';
import { type LogFilter, linesThat, SOH, tagValue } from '../../main/contracts/log-filter.ts';
import type { FixLogLine } from '../../main/contracts/lp-view.ts';

/** A line as the tail shows it: what is filtered by is looked up once, when it comes in. */
export interface LogEntry extends FixLogLine {
  readonly msgType: string;
  readonly seqNum: string;
}

export interface FixLog {
  readonly provider: string | null;
  /** Oldest first, at most LOG_KEPT and as many as their texts allow. */
  readonly entries: readonly LogEntry[];
  /** What is on the screen while paused; null while following. */
  readonly held: readonly LogEntry[] | null;
  /** Lines that came in since the pause. */
  readonly sincePause: number;
  /** Lines left out of the stream in bursts. */
  readonly skipped: number;
}

export const LOG_KEPT = 5_000;
/** Of their texts; lines come cut, and may still be long. */
const LOG_KEPT_CHARACTERS = 8_000_000;
export const EMPTY_LOG: FixLog = { provider: null, entries: [], held: null, sincePause: 0, skipped: 0 };

const toEntry = (line: FixLogLine): LogEntry => ({ ...line, msgType: tagValue(line.text, 35), seqNum: tagValue(line.text, 34) });

export function openLog(provider: string, lines: readonly FixLogLine[]): FixLog {
  return { ...EMPTY_LOG, provider, entries: latest(lines.map(toEntry)) };
}

/** A batch of another LP, or of a tail since closed, changes nothing. */
export function appendLog(log: FixLog, batch: FixLogBatch): FixLog {
  if (batch.provider !== log.provider) return log;
  return {
    ...log,
    entries: latest([...log.entries, ...batch.lines.map(toEntry)]),
    sincePause: log.held === null ? 0 : log.sincePause + batch.lines.length + batch.skipped,
    skipped: log.skipped + batch.skipped,
  };
}

/** As many of the latest entries as are kept. */
function latest(entries: readonly LogEntry[]): readonly LogEntry[] {
  let from = entries.length;
  let characters = 0;
  while (from > 0 && entries.length - from < LOG_KEPT && characters < LOG_KEPT_CHARACTERS) {
    from -= 1;
    characters += entries[from]?.text.length ?? 0;
  }
  return entries.slice(from);
}

export const pauseLog = (log: FixLog): FixLog => (log.held === null ? { ...log, held: log.entries, sincePause: 0 } : log);
export const followLog = (log: FixLog): FixLog => ({ ...log, held: null, sincePause: 0 });

export function filterLog(entries: readonly LogEntry[], filter: LogFilter): readonly LogEntry[] {
  const passes = linesThat(filter);
  return passes === null ? entries : entries.filter(passes);
}

/** Standard header and trailer, which the columns of a line already show or which are the same in all. */
const FRAME = /^(8|9|10|34|35|49|52|56)=/;

/** The message without the fields of its header and trailer that every message has. */
export const bodyOf = (text: string): string =>
  text
    .split(SOH)
    .filter((field) => field !== '' && !FRAME.test(field))
    .join(SOH);

/** Tag and value of every field, in the order of the message. */
export function fieldsOf(text: string): readonly { readonly tag: number; readonly value: string }[] {
  return text
    .split(SOH)
    .filter((field) => field !== '')
    .map((field) => {
      const equals = field.indexOf('=');
      return { tag: Number(field.slice(0, equals)), value: field.slice(equals + 1) };
    });
}
