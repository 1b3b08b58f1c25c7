import { parentPort } from 'node:worker_threads';

/** A reading thread that never comes to an end with one message, grows without end on another, and answers the rest. */
parentPort?.on('message', ({ name, args }: { name: string; args: { text?: string; id?: number; firstN?: number } }) => {
  if (args.text === 'hang') for (;;);
  const grown: unknown[] = [];
  if (args.text === 'grow') for (;;) grown.push(new Array(100_000).fill(grown.length));
  const value = name === 'open-tail' ? [] : { msgType: '', name: args.text ?? '', admin: false, fields: [], problem: null };
  parentPort?.postMessage({ type: 'answer', value });
  if (name !== 'open-tail') return;
  const line = { n: args.firstN, at: '', direction: 'in', text: 'after' };
  parentPort?.postMessage({ type: 'lines', id: args.id, lines: [line], skipped: 0 });
});
