import { buildMessage, checkSum, type Field, readFields, utcTimestamp } from '../support/script-message.ts';

/** A generator of pseudo-random numbers from 0 to 1, the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Bodies of good messages of every kind that the session acts on, and of application messages with groups and raw data. */
const SEEDS = [
  '35=0',
  '35=0|112=T',
  '35=1|112=T',
  '35=2|7=1|16=0',
  '35=2|7=3|16=7',
  '35=3|45=2|371=55|372=8|373=1|58=why',
  '35=4|123=Y|36=9',
  '35=4|36=50',
  '35=5|58=bye, expecting 12',
  '35=A|98=0|108=30',
  '35=A|98=0|108=30|141=Y',
  '35=h|336=FX|340=2',
  '35=h|43=Y|122=20261122-22:00:00.000|336=FX|340=2',
  '35=W|262=Q|55=EUR/USD|268=2|269=0|270=1.1|271=5|269=1|270=1.2|271=5',
  '35=8|37=O1|17=E1|150=F|39=2|453=1|448=P|447=D|452=1|802=1|523=S|803=1|55=EUR/USD|54=1|151=0|14=100|6=1.1',
  '35=B|148=head|33=2|58=a|58=b|95=3|96=xyz',
  '35=j|372=8|380=3|58=no',
].map(readFields);

const ODD_VALUES = [
  '',
  '0',
  '-1',
  '1e9',
  '999999999999999999999',
  'NaN',
  '\u00ff\u00fe',
  'Y',
  'N',
  '20261122-22:00:00',
  '1.',
  '.',
  '=',
  'x'.repeat(5000),
];

const pick = <T>(list: readonly T[], next: () => number): T => list[Math.floor(next() * list.length)] as T;

/** What is done to the fields of a good message. */
function mutateFields(fields: Field[], next: () => number): void {
  const at = Math.floor(next() * fields.length);
  const [tag, value] = fields[at] ?? [58, ''];
  switch (Math.floor(next() * 8)) {
    case 0:
      fields[at] = [tag, pick(ODD_VALUES, next)];
      break;
    case 1:
      fields[at] = [Math.floor(next() * 11_000), value];
      break;
    case 2:
      fields.splice(at, 1);
      break;
    case 3:
      fields.splice(at, 0, [tag, value]);
      break;
    case 4:
      fields.push([Math.floor(next() * 1000), pick(ODD_VALUES, next)]);
      break;
    case 5:
      fields.splice(Math.floor(next() * fields.length), 0, ...fields.splice(at, 1));
      break;
    case 6:
      fields.splice(at, 0, ...Array.from({ length: Math.floor(next() * 300) }, (): Field => [tag, value]));
      break;
    default:
      fields[at] = [tag, String(Math.floor(next() * 2 ** 31) - 2 ** 30)];
  }
}

/** What is done to the bytes of a message that is whole. */
function mutateBytes(wire: string, next: () => number): string {
  const at = Math.floor(next() * wire.length);
  switch (Math.floor(next() * 6)) {
    case 0:
      return wire.slice(0, at) + String.fromCharCode(Math.floor(next() * 256)) + wire.slice(at + 1);
    case 1:
      return wire.slice(0, at);
    case 2:
      return wire.slice(0, at) + wire.slice(at + Math.floor(next() * 20));
    case 3:
      return wire.slice(0, at) + wire + wire.slice(at);
    case 4:
      return wire.replace(/9=\d+/, `9=${pick(['0', '-5', '999999999', '1', 'x', '00000000000000012'], next)}`);
    default:
      return `${wire.slice(0, at)}${String.fromCharCode(1, Math.floor(next() * 256))}8=FIX.4.4${String.fromCharCode(1)}9=`;
  }
}

/** BodyLength and CheckSum put right again, so that what is wrong inside gets past the framer. */
function repair(wire: string): string {
  const bodyAt = wire.indexOf('35=');
  const sumAt = wire.lastIndexOf('10=');
  if (bodyAt < 0 || sumAt < bodyAt) return wire;
  const body = wire.slice(bodyAt, sumAt);
  const soh = String.fromCharCode(1);
  const head = `8=FIX.4.4${soh}9=${Buffer.byteLength(body, 'latin1')}${soh}${body}`;
  return `${head}10=${checkSum(head)}${soh}`;
}

/** One mutated frame for a session that expects `nextIn` at `nowMs`, as bytes in latin1. */
export function mutatedFrame(next: () => number, nextIn: number, nowMs: number): string {
  const fields: Field[] = [...pick(SEEDS, next)];
  const roll = next();
  const seqNum = roll < 0.8 ? nextIn : Math.max(0, nextIn + Math.floor(next() * 12) - 6);
  fields.splice(1, 0, [34, String(seqNum)]);
  const mutations = Math.floor(next() * 4);
  for (let n = 0; n < mutations; n += 1) mutateFields(fields, next);
  const wire = buildMessage(fields, { sender: 'LP', target: 'VFXLP', sendingTime: utcTimestamp(nowMs) });
  if (next() < 0.5) return wire;
  const torn = mutateBytes(wire, next);
  return next() < 0.5 ? repair(torn) : torn;
}
