/** FIX messages as the conformance scripts see them: an ordered list of fields, built and read without the product's own codec. */
export type Field = readonly [tag: number, value: string];

const SOH = '\x01';

/** Sum of the bytes modulo 256, as three digits (CheckSum(10)). */
export function checkSum(text: string): string {
  let sum = 0;
  for (const byte of Buffer.from(text, 'latin1')) sum += byte;
  return String(sum % 256).padStart(3, '0');
}

/** UTC with milliseconds, the form of SendingTime(52). */
export function utcTimestamp(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 10).replaceAll('-', '')}-${iso.slice(11, 23)}`;
}

/** Splits `35=A|34=1` into fields. Throws on anything that is not tag=value. */
export function readFields(text: string): Field[] {
  return text
    .split('|')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      const tag = Number(part.slice(0, at));
      if (at < 1 || !Number.isInteger(tag)) throw new Error(`not a field: "${part}" in "${text}"`);
      return [tag, part.slice(at + 1)] as const;
    });
}

export interface Envelope {
  readonly sender: string;
  readonly target: string;
  readonly sendingTime: string;
}

const HEADER_ORDER = [8, 9, 35, 49, 56, 34, 43, 97, 52, 122];

/**
 * Puts header and trailer round the fields of an `inject` line. A header or trailer field that the line names keeps the line's
 * value; a value of `-` leaves the field out. BodyLength and CheckSum are right unless the line gives them.
 */
export function buildMessage(fields: readonly Field[], envelope: Envelope): string {
  const defaults = new Map([
    [8, 'FIX.4.4'],
    [49, envelope.sender],
    [56, envelope.target],
    [52, envelope.sendingTime],
  ]);
  const given = new Map<number, string>();
  const body: Field[] = [];
  for (const [tag, value] of fields) {
    if ((HEADER_ORDER.includes(tag) || tag === 10) && !given.has(tag)) given.set(tag, value);
    else body.push([tag, value]);
  }
  const header = HEADER_ORDER.flatMap((tag): Field[] => {
    const value = given.get(tag) ?? defaults.get(tag);
    return value === undefined || value === '-' ? [] : [[tag, value]];
  });
  const render = (list: readonly Field[]): string => list.map(([tag, value]) => `${tag}=${value}${SOH}`).join('');
  const afterLength = render([...header.filter(([tag]) => tag !== 8 && tag !== 9), ...body]);
  const begin = render(header.filter(([tag]) => tag === 8));
  const length = given.get(9) ?? String(Buffer.byteLength(afterLength, 'latin1'));
  const text = `${begin}${length === '-' ? '' : `9=${length}${SOH}`}${afterLength}`;
  const sum = given.get(10) ?? checkSum(text);
  return sum === '-' ? text : `${text}10=${sum}${SOH}`;
}

/** A `raw` line: `|` is SOH; `$len` and `$sum` are computed over what stands between the fields 9 and 10. */
export function buildRaw(text: string): string {
  const wire = text.replaceAll('|', SOH);
  const bodyAt = wire.indexOf(SOH, wire.indexOf('9=$len')) + 1;
  const sumAt = wire.lastIndexOf(`10=$`);
  const end = sumAt < 0 ? wire.length : sumAt;
  const withLength = wire.replace('$len', String(Buffer.byteLength(wire.slice(bodyAt, end), 'latin1')));
  return withLength.replace('$sum', checkSum(withLength.slice(0, withLength.lastIndexOf('10=$'))));
}

/** Takes the first whole message off a buffer; null when it is not all there yet. Throws when the bytes are not a FIX message. */
export function takeMessage(buffer: string): { readonly wire: string; readonly rest: string } | null {
  const head = /^8=FIX\.4\.4\|9=(\d{1,6})\|/.exec(printable(buffer.slice(0, 30)));
  if (head === null) {
    if (buffer.length < 20) return null;
    throw new Error(`the engine sent something that is no FIX message: ${printable(buffer.slice(0, 200))}`);
  }
  const end = head[0].length + Number(head[1]) + 7;
  return buffer.length < end ? null : { wire: buffer.slice(0, end), rest: buffer.slice(end) };
}

/** Reads a message that the engine sent, holding it to the rules that every message must keep. Throws with the rule it breaks. */
export function readMessage(wire: string): Field[] {
  const text = printable(wire);
  const trailer = /\|10=(\d{3})\|$/.exec(text);
  if (trailer === null) throw new Error(`BodyLength(9) does not lead to CheckSum(10): ${text}`);
  const expected = checkSum(wire.slice(0, -7));
  if (trailer[1] !== expected) throw new Error(`CheckSum(10) should be ${expected}: ${text}`);
  const fields = readFields(text);
  const order = fields.slice(0, 3).map(([tag]) => tag);
  if (order.join() !== '8,9,35') throw new Error(`the first three fields must be 8, 9, 35: ${text}`);
  for (const tag of [49, 56, 34, 52]) {
    const times = fields.filter(([t]) => t === tag).length;
    if (times !== 1) throw new Error(`header field ${tag} stands ${times} times: ${text}`);
  }
  const time = fieldValue(fields, 52) ?? '';
  if (!/^\d{8}-\d{2}:\d{2}:\d{2}\.\d{3}$/.test(time)) throw new Error(`SendingTime(52) "${time}" is not UTC with milliseconds`);
  return fields;
}

export function fieldValue(fields: readonly Field[], tag: number): string | undefined {
  return fields.find(([t]) => t === tag)?.[1];
}

/** A message as a person reads it. */
export function printable(text: string): string {
  return text.replaceAll(SOH, '|');
}
