import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { ServeProcess } from '../support/serve-process.ts';

/** So that a process's inspector takes a port of its own; for the console's environment, which its engines inherit. */
export const INSPECTABLE = { NODE_OPTIONS: '--inspect-port=127.0.0.1:0' };

/** Runs an expression in a console or an engine of it: a fault that only comes from inside. Its inspector is closed again. */
export async function inside(serve: ServeProcess, pid: number, expression: string): Promise<unknown> {
  const before = lastAddress(serve);
  process.kill(pid, 'SIGUSR1');
  let address = before;
  for (let waited = 0; address === before; waited += 20) {
    if (waited > 10_000) throw new Error(`process ${pid} opens no inspector: ${serve.stderr()}`);
    await new Promise((next) => setTimeout(next, 20));
    address = lastAddress(serve);
  }
  const socket = new WebSocket(address ?? '');
  await once(socket, 'open');
  // After the answer: what the expression starts may never come back, and an open inspector is a door.
  const wrapped = `(() => { setTimeout(() => process.getBuiltinModule('node:inspector').close(), 300).unref(); return ${expression}; })()`;
  socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression: wrapped, returnByValue: true } }));
  const [answer] = await once(socket, 'message');
  socket.terminate();
  const { result } = JSON.parse(String(answer)) as { result: { result: { value?: unknown }; exceptionDetails?: unknown } };
  if (result.exceptionDetails !== undefined) throw new Error(JSON.stringify(result.exceptionDetails));
  return result.result.value;
}

const lastAddress = (serve: ServeProcess): string | undefined =>
  [...serve.stderr().matchAll(/Debugger listening on (ws:\S+)/g)].at(-1)?.[1];
