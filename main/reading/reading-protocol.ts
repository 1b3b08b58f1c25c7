import type { DecodedMessage } from '../contracts/fix-message.ts';
import type { LogFilter } from '../contracts/log-filter.ts';
import type { FixLogLine } from '../contracts/lp-view.ts';

/** What the reading thread is asked, one thing at a time, each with its answer. */
export interface ReadingJobs {
  readonly decode: {
    readonly args: { readonly text: string; readonly dictionaryFile: string | null };
    readonly value: DecodedMessage;
  };
  readonly 'open-tail': {
    readonly args: {
      readonly id: number;
      readonly provider: string;
      readonly lines: number;
      readonly filter: LogFilter | null;
      readonly firstN: number;
    };
    readonly value: readonly FixLogLine[];
  };
}

export type JobName = keyof ReadingJobs;
export type Job = { [N in JobName]: { readonly name: N; readonly args: ReadingJobs[N]['args'] } }[JobName];

/** Not a job: it costs nothing, has no answer, and waits for none. */
export interface CloseTail {
  readonly name: 'close-tail';
  readonly id: number;
}

/** As its `workerData`. */
export interface ReadingFolders {
  readonly fixLogDir: string;
  readonly dictionaryDirs: readonly string[];
}

export type ReadingReport =
  | { readonly type: 'answer'; readonly value: ReadingJobs[JobName]['value'] }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'lines'; readonly id: number; readonly lines: readonly FixLogLine[]; readonly skipped: number }
  | { readonly type: 'tail-error'; readonly provider: string; readonly message: string };
