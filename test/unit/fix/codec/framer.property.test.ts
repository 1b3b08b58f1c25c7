import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cut, framed, header, heartbeat, message, wire } from '../../../support/fix-wire.ts';

/** Good messages of all kinds: short, long, with data that contains what looks like framing. */
const goodMessage = fc.oneof(
  fc.nat(999_999).map(heartbeat),
  fc
    .tuple(
      fc.nat(999_999),
      fc.string({ unit: fc.constantFrom('a', '=', '8', '1', '0', '9', ' ', 'FIX'), minLength: 1, maxLength: 300 }),
    )
    .map(([number, text]) => message(`${header('B', number)}148=${text}|33=1|58=t|`)),
  fc
    .tuple(
      fc.nat(999_999),
      fc.string({ unit: fc.constantFrom('|', '10=', '9=5', '8=FIX', '8=FIX.4.4|9=5|35=0|', 'x'), minLength: 1, maxLength: 40 }),
    )
    .map(([number, data]) => message(`${header('B', number)}148=h|33=1|58=t|95=${data.length}|96=${data}|`)),
);

const mutation = fc.record({ at: fc.nat(), byte: fc.nat(255), kind: fc.constantFrom('replace', 'insert', 'delete') });

function mutate(bytes: Buffer, { at, byte, kind }: { at: number; byte: number; kind: string }): Buffer {
  const where = at % bytes.length;
  const rest = kind === 'insert' ? where : where + 1;
  const middle = kind === 'delete' ? Buffer.alloc(0) : Buffer.of(byte);
  return Buffer.concat([bytes.subarray(0, where), middle, bytes.subarray(rest)]);
}

const lengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 400 })), { maxLength: 200 });
const runs = { numRuns: 400 };

it('finds every message of a clean stream, however it is split', () => {
  fc.assert(
    fc.property(fc.array(goodMessage, { maxLength: 12 }), lengths, (messages, pieces) => {
      const { found, garbled } = framed(cut(wire(messages.join('')), pieces));
      expect(found).toEqual(messages);
      expect(garbled).toBe(0);
    }),
    runs,
  );
});

it('finds and counts the same in any bytes, however they are split', () => {
  const part = fc.oneof(
    goodMessage.map((text) => wire(text)),
    fc.tuple(goodMessage, mutation).map(([text, change]) => mutate(wire(text), change)),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom('8=FIX', '8=FIX.4.4|9=', '|10=', '9=20|', '35=').map(wire),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), lengths, (parts, pieces) => {
      const stream = Buffer.concat(parts);
      const whole = framed([stream]);
      const inPieces = framed(cut(stream, pieces));
      expect(inPieces.found).toEqual(whole.found);
      expect(inPieces.garbled).toBe(whole.garbled);
      expect(inPieces.framer.lastGarbled).toEqual(whole.framer.lastGarbled);
    }),
    runs,
  );
});

it('loses none but the message that was damaged', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(goodMessage, fc.option(mutation)), { minLength: 1, maxLength: 12 }),
      lengths,
      (messages, pieces) => {
        const sent = messages.map(([text, change]) => (change === null ? wire(text) : mutate(wire(text), change)));
        const intact = messages.flatMap(([text], i) => (sent[i]?.equals(wire(text)) ? [text] : []));
        // A last message that is good ends every wait for bytes that a damaged length claims.
        const stream = Buffer.concat([...sent, wire(heartbeat(1))]);
        const { found } = framed(cut(stream, pieces));
        // More may be found (a byte put before a message does not damage it), but nothing intact is missing, and all in order.
        const expected = [...intact, heartbeat(1)];
        let next = 0;
        for (const text of found) if (text === expected[next]) next++;
        expect(next, JSON.stringify(found)).toBe(expected.length);
      },
    ),
    runs,
  );
});
