import { Encoder } from '../../main/fix/codec/encode.ts';
import { fix44 } from '../../main/fix/codec/fix44.ts';
import { Framer } from '../../main/fix/codec/framer.ts';
import { validate } from '../../main/fix/codec/validate.ts';

/**
 * Messages a second through the receive path alone: append, frame, checksum, walk, validate. One thread, no socket, no store, no log.
 * The best of several runs: other work on the machine can only make a run slower. `node test/bench/codec-bench.ts [runs]`
 */
const RUNS = Number(process.argv[2] ?? 15);
const ROUNDS = 20;
const CHUNK = 65_536;
const AT = Date.UTC(2026, 0, 30, 9, 30, 0, 123);
const PEER = { beginString: 'FIX.4.4', senderCompId: 'LP', targetCompId: 'DESK' };

type Field = readonly [number, string];

const EXECUTION_REPORT: readonly Field[] = [
  [37, 'O100001'],
  [11, 'C100001'],
  [17, 'E1001'],
  [150, 'F'],
  [39, '2'],
  [55, 'EUR/USD'],
  [54, '1'],
  [38, '1000000'],
  [32, '1000000'],
  [31, '1.08345'],
  [151, '0'],
  [14, '1000000'],
  [6, '1.08345'],
  [60, '20260130-09:30:00.120'],
];

const entry = (type: string, price: string): Field[] => [
  [269, type],
  [270, price],
  [271, '1000000'],
];
const SNAPSHOT: readonly Field[] = [
  [262, 'MDREQ-01'],
  [55, 'EUR/USD'],
  [268, '6'],
  ...entry('0', '1.08340'),
  ...entry('0', '1.08339'),
  ...entry('0', '1.08338'),
  ...entry('1', '1.08345'),
  ...entry('1', '1.08346'),
  ...entry('1', '1.08347'),
];

/** A stream of such messages, chunk by chunk as a socket would hand it over: the same chunk again and again would end in mid-message. */
function chunks(
  msgType: string,
  body: readonly Field[],
): { readonly list: Buffer[]; readonly messages: number; readonly bytes: number } {
  const encoder = new Encoder(PEER);
  const messages: Buffer[] = [];
  for (let seq = 100_001; seq <= 110_000; seq++)
    messages.push(
      Buffer.from(
        encoder
          .begin(msgType, seq, AT + seq)
          .fields(body)
          .finish(),
      ),
    );
  const stream = Buffer.concat(messages);
  const list: Buffer[] = [];
  for (let at = 0; at < stream.length; at += CHUNK) list.push(stream.subarray(at, at + CHUNK));
  return { list, messages: messages.length, bytes: stream.length / messages.length };
}

/** Messages a second of one run; throws when a message is lost, rejected or garbled. */
function run(name: string, stream: ReturnType<typeof chunks>, check: boolean): number {
  const dictionary = fix44();
  const framer = new Framer(dictionary);
  let seen = 0;
  let rejected = 0;
  const started = process.hrtime.bigint();
  for (let round = 0; round < ROUNDS; round++) {
    for (const chunk of stream.list) {
      framer.append(chunk);
      while (framer.next()) {
        seen++;
        if (check && validate(framer.view, dictionary) !== null) rejected++;
      }
    }
  }
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (seen !== ROUNDS * stream.messages || rejected > 0 || framer.garbledCount > 0) {
    throw new Error(
      `${name}: ${seen} of ${ROUNDS * stream.messages} messages, ${rejected} rejected, ${framer.garbledCount} garbled`,
    );
  }
  return seen / seconds;
}

const streams = [
  ['35=8 ExecutionReport', chunks('8', EXECUTION_REPORT)],
  ['35=W snapshot, 6 entries', chunks('W', SNAPSHOT)],
] as const;
for (const check of [true, false]) {
  for (const [name, stream] of streams) {
    let best = 0;
    for (let i = 0; i < RUNS; i++) best = Math.max(best, run(name, stream, check));
    const label = `${name}, ${stream.bytes.toFixed(0)} bytes${check ? ', validated' : ''}`;
    console.log(`${label.padEnd(48)} ${Math.round(best).toLocaleString('en')} messages/s`);
  }
}
