import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SessionRig } from './session-rig.ts';

const MSG_TYPES = ['0', '1', '2', '3', '4', '5', 'A', 'B', '8', 'W', 'j', 'n', 'zz', 'BE', ''];
const TAGS = [7, 16, 34, 36, 43, 45, 49, 52, 56, 58, 95, 96, 98, 108, 112, 115, 122, 123, 141, 148, 268, 269, 554, 5001, 0];
const VALUES = [
  '',
  '0',
  '1',
  '2',
  '3',
  '9',
  '30',
  'Y',
  'N',
  '-1',
  '99999999999999999999',
  'x',
  '20260130-09:30:00.000',
  '1e3',
  ' ',
];

const field = fc.tuple(fc.constantFrom(...TAGS), fc.constantFrom(...VALUES)).map(([tag, value]) => `${tag}=${value}`);
const message = fc.record({
  msgType: fc.constantFrom(...MSG_TYPES),
  seqOffset: fc.integer({ min: -3, max: 3 }),
  header: fc.array(field, { maxLength: 2 }),
  body: fc.array(field, { maxLength: 6 }),
  spoil: fc.option(fc.tuple(fc.nat(300), fc.nat(255)), { freq: 5 }),
  pass: fc.constantFrom(0, 0, 0, 1, 1500, 31_000),
  cut: fc.boolean(),
});

describe('a session', () => {
  it.each([true, false])(
    'survives whatever a peer sends (validate: %s)',
    (validate) => {
      fc.assert(
        fc.property(fc.array(message, { minLength: 5, maxLength: 60, size: 'max' }), (messages) => {
          const rig = SessionRig.active({ settings: { validate } });
          for (const { msgType, seqOffset, header, body, spoil, pass, cut } of messages) {
            const before = rig.session.nextOut;
            const seqNum = Math.max(0, rig.session.nextIn + seqOffset);
            const bytes = rig.message(msgType, body.join('|'), seqNum, header.map((text) => `${text}|`).join(''));
            if (spoil !== null) bytes[spoil[0] % bytes.length] = spoil[1];
            const half = cut ? Math.floor(bytes.length / 2) : bytes.length;
            rig.receive(bytes.subarray(0, half));
            rig.receive(bytes.subarray(half));
            rig.run(pass);
            const resetLive = rig.resets > 0;
            if (!resetLive) expect(rig.session.nextOut).toBeGreaterThanOrEqual(before);
            expect(rig.messages).toHaveLength(rig.session.nextOut - 1);
            if (rig.session.state === 'closed') {
              expect(rig.ended).not.toBeNull();
              rig.session.transportClosed();
              rig.session.connected(rig.now);
              rig.peer('A', '98=0|108=30', rig.session.nextIn);
            }
          }
          expect(rig.sent.every((text) => /^35=[^|]+\|(115|128|34)=/.test(text))).toBe(true);
          expect(rig.sent.filter((text) => /^35=[3j]\|.*\|372=[3j]\|/.test(text))).toEqual([]);
        }),
        { numRuns: 200 },
      );
    },
    60_000,
  );
});
