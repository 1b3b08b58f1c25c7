import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { WebSocket } from 'ws';

/** Tabs that ask for much at the same time, in a thread of their own, so that what they cost is not the console's. */
interface Flood {
  readonly url: string;
  readonly protocols: readonly string[];
  readonly sockets: number;
  /** What each of them asks, in one go. */
  readonly frames: readonly object[];
}

const { url, protocols, sockets, frames } = workerData as Flood;
const texts = frames.map((frame) => JSON.stringify(frame));
const open = await Promise.all(
  Array.from({ length: sockets }, async () => {
    const socket = new WebSocket(url, [...protocols]);
    await once(socket, 'open');
    return socket;
  }),
);
let answers = 0;
let good = 0;
for (const socket of open) {
  socket.on('message', (data: Buffer) => {
    if (!data.subarray(0, 6).equals(Buffer.from('{"id":'))) return;
    answers += 1;
    if (data.includes('"result":{"ok":true')) good += 1;
    if (answers < sockets * frames.length) return;
    parentPort?.postMessage({ answers, good });
    for (const one of open) one.terminate();
  });
}
parentPort?.postMessage('open');
parentPort?.once('message', () => {
  for (const socket of open) for (const text of texts) socket.send(text);
});
