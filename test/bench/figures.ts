import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildMessage, readFields, utcTimestamp } from '../support/script-message.ts';
import { type Bench, type BlasterLine, median, type Party } from './parties.ts';

const HEARTBEAT = 30;

export interface Rates {
  /** Of the first messages after the Logon. */
  readonly cold: number;
  /** The median of the rounds after them. */
  readonly warm: number;
}

/** Application messages a second over one session. */
export async function messagesPerSecond(
  bench: Bench,
  party: Party,
  mix: 'W' | '8',
  messages: number,
  warmRounds: number,
): Promise<Rates> {
  const blaster = await bench.startBlaster('blast', mix, messages, 1 + warmRounds);
  const initiator = await bench.startInitiator(party, blaster.port, HEARTBEAT);
  const results = await bench.measured(blaster.done, [initiator]);
  const [cold = Number.NaN, ...warm] = results.map((round) => (Number(round.messages) * 1000) / Number(round.ms));
  return { cold, warm: median(warm) };
}

/** µs. */
export interface Trips {
  readonly p50: number;
  readonly p99: number;
}

/** TestRequest to Heartbeat on an idle session: the first ones after the Logon, and those after them. */
export async function roundTrips(
  bench: Bench,
  party: Party,
  first: number,
  later: number,
): Promise<{ readonly cold: Trips; readonly warm: Trips }> {
  const blaster = await bench.startBlaster('rtt', first + later, first);
  const initiator = await bench.startInitiator(party, blaster.port, HEARTBEAT);
  const [cold, warm] = await bench.measured(blaster.done, [initiator]);
  const trips = (line: BlasterLine | undefined): Trips => ({ p50: Number(line?.p50Us), p99: Number(line?.p99Us) });
  return { cold: trips(cold), warm: trips(warm) };
}

/** Stored messages resent a second, the median round. Rejects when a message was not resent. */
export async function resentPerSecond(bench: Bench, party: Party, messages: number, rounds: number): Promise<number> {
  const blaster = await bench.startBlaster('resend', messages, rounds);
  const initiator = await bench.startInitiator(party, blaster.port, HEARTBEAT, true);
  const results = await bench.measured(blaster.done, [initiator]);
  for (const round of results) {
    if (round.resent !== messages) throw new Error(`${party} resent ${round.resent} of ${messages} messages`);
  }
  return median(results.map((round) => (messages * 1000) / Number(round.ms)));
}

/** Heartbeats of many engines at HeartBtInt 1: how many there were, and how many came within 50 ms of one second after the one before. */
export async function heartbeatsOnTime(bench: Bench, party: Party, engines: number, seconds: number): Promise<BlasterLine> {
  const blaster = await bench.startBlaster('heartbeats', engines, seconds);
  const started = [];
  for (let n = 0; n < engines; n += 1) started.push(await bench.startInitiator(party, blaster.port, 1));
  const [result] = await bench.measured(blaster.done, started);
  return result ?? {};
}

/** From starting the engine's process to its Logon at the peer, ms, and its resident memory, MB, after some idle time. */
export async function startAndFootprint(
  bench: Bench,
  party: Party,
  idleMs: number,
): Promise<{ readonly startMs: number; readonly rssMb: number }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  const connected = once(server, 'connection') as Promise<[Socket]>;
  const from = performance.now();
  const engine = await bench.startInitiator(party, address.port, HEARTBEAT);
  const [socket] = await connected;
  await once(socket, 'data');
  const startMs = performance.now() - from;
  const reply = readFields(`35=A|34=1|98=0|108=${HEARTBEAT}`);
  socket.write(buildMessage(reply, { sender: 'LP', target: 'VFXLP', sendingTime: utcTimestamp(Date.now()) }), 'latin1');
  await sleep(idleMs);
  const status = await readFile(`/proc/${engine.pid}/status`, 'utf8');
  const rssMb = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  socket.destroy();
  await bench.stop(engine);
  server.close();
  return { startMs, rssMb };
}
