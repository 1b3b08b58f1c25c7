import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { FixLogTail } from '../logs/tail.ts';
import { MessageDecoder } from './message-decoder.ts';
import type { CloseTail, Job, JobName, ReadingFolders, ReadingJobs, ReadingReport } from './reading-protocol.ts';

/**
 * Reads for people what is large, what others have named and what LPs have sent, in a thread of the console's: whatever it costs and whatever a
 * disk does, the main thread, which kills and answers engines, does not wait for it.
 */

const { fixLogDir, dictionaryDirs } = workerData as ReadingFolders;
const decoder = new MessageDecoder(dictionaryDirs);
const tails = new Map<number, FixLogTail>();

const report = (said: ReadingReport): void => parentPort?.postMessage(said);

async function run({ name, args }: Job): Promise<ReadingJobs[JobName]['value']> {
  switch (name) {
    case 'decode':
      return decoder.decode(args.text, args.dictionaryFile);
    case 'open-tail': {
      const { id, provider, lines, filter, firstN } = args;
      const tail = new FixLogTail(
        provider,
        lines,
        firstN,
        (more, skipped) => report({ type: 'lines', id, lines: more, skipped }),
        {
          fixLogDir,
          clock: systemClock,
          filter,
          onError: (of, error) => report({ type: 'tail-error', provider: of, message: error.message }),
        },
      );
      tails.set(id, tail);
      return tail.lines;
    }
  }
}

parentPort?.on('message', (job: Job | CloseTail) => {
  if (job.name === 'close-tail') {
    tails.get(job.id)?.close();
    tails.delete(job.id);
    return;
  }
  run(job).then(
    (value) => report({ type: 'answer', value }),
    (error: unknown) => report({ type: 'failed', message: messageOf(error) }),
  );
});
