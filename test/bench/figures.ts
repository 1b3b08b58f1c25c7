import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildMessage, readFields, utcTimestamp } from '../support/script-message.ts';
import type { Bench, BlasterLine, Party } from './parties.ts';

const HEARTBEAT = 30;

/**
 * Application messages a second over one session: the best round after the first, which warms up. The best, for every party alike, because
 * whatever else the machine does can only slow a round down.
 */
export async function messagesPerSecond(
  bench: Bench,
  party: Party,
  mix: 'W' | '8',
  messages: number,
  rounds: number,
): Promise<number> {
  const blaster = await bench.startBlaster('blast', mix, messages, rounds + 1);
  const initiator = await bench.startInitiator(party, blaster.port, HEARTBEAT);
  const results = await bench.measured(blaster.done, [initiator]);
  return Math.max(...results.slice(1).map((round) => (Number(round.messages) * 1000) / Number(round.ms)));
}

/** TestRequest to Heartbeat on an idle session, µs. */
export async function roundTripMicros(
  bench: Bench,
  party: Party,
  probes: number,
): Promise<{ readonly p50: number; readonly p99: number }> {
  const blaster = await bench.startBlaster('rtt', probes);
  const initiator = await bench.startInitiator(party, blaster.port, HEARTBEAT);
  const [result] = await bench.measured(blaster.done, [initiator]);
  return { p50: Number(result?.p50Us), p99: Number(result?.p99Us) };
}

/** Stored messages resent a second, the best round. Rejects when a message was not resent. */
export async function resentPerSecond(bench: Bench, party: Party, messages: number, rounds: number): Promise<number> {
  const blaster = await bench.startBlaster('resend', messages, rounds);
  const initiator = await bench.startInitiator(party, blaster.port, HEARTBEAT, true);
  const results = await bench.measured(blaster.done, [initiator]);
  for (const round of results) {
    if (round.resent !== messages) throw new Error(`${party} resent ${round.resent} of ${messages} messages`);
  }
  return Math.max(...results.map((round) => (messages * 1000) / Number(round.ms)));
}

/** Heartbeats of many engines at HeartBtInt 1: how many there were, and how many came within 50 ms of one second after the one before. */
export async function heartbeatsOnTime(bench: Bench, engines: number, seconds: number): Promise<BlasterLine> {
  const blaster = await bench.startBlaster('heartbeats', engines, seconds);
  const started = [];
  for (let n = 0; n < engines; n += 1) started.push(await bench.startInitiator('ours', blaster.port, 1));
  const [result] = await bench.measured(blaster.done, started);
  return result ?? {};
}

/** From starting the engine's process to its Logon at the peer, ms, and its resident memory, MB, after some idle time. One value per run. */
export async function startAndFootprint(
  bench: Bench,
  runs: number,
  idleMs: number,
): Promise<{ readonly startMs: number[]; readonly rssMb: number[] }> {
  const startMs: number[] = [];
  const rssMb: number[] = [];
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  for (let run = 0; run < runs; run += 1) {
    const connected = once(server, 'connection') as Promise<[Socket]>;
    const from = performance.now();
    const engine = await bench.startInitiator('ours', address.port, HEARTBEAT);
    const [socket] = await connected;
    await once(socket, 'data');
    startMs.push(performance.now() - from);
    const reply = readFields(`35=A|34=1|98=0|108=${HEARTBEAT}`);
    socket.write(buildMessage(reply, { sender: 'LP', target: 'VFXLP', sendingTime: utcTimestamp(Date.now()) }), 'latin1');
    await sleep(idleMs);
    const status = await readFile(`/proc/${engine.pid}/status`, 'utf8');
    rssMb.push(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
    socket.destroy();
    await bench.stop(engine);
  }
  server.close();
  return { startMs, rssMb };
}
