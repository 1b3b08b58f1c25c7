import { isIP } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isIpAddress } from '../../../main/contracts/config-rules.ts';

const piece = fc.constantFrom(
  ':',
  ':',
  '::',
  '1',
  'ab',
  '0',
  'FFFF',
  '12345',
  'g',
  '1.2.3.4',
  '256.1.1.1',
  '01.2.3.4',
  '.',
  '%',
  '%eth0',
);
const group = fc.oneof(
  { weight: 9, arbitrary: fc.nat(70_000).map((n) => n.toString(16)) },
  { weight: 1, arbitrary: fc.constant('') },
);
const nearlyIpv6 = fc
  .tuple(
    fc.constantFrom('', '::'),
    fc.array(group, { maxLength: 9 }),
    fc.constantFrom('', '::', ':10.0.0.9', ':10.0.0.300', '%e0', '%'),
  )
  .map(([head, groups, tail]) => head + groups.join(':') + tail);
const mixed = fc.array(piece, { maxLength: 16 }).map((pieces) => pieces.join(''));

test("the screen and the store know an IP address as node's isIP does", () => {
  let addresses = 0;
  fc.assert(
    fc.property(fc.oneof(nearlyIpv6, mixed, fc.ipV4(), fc.ipV6()), (text) => {
      const known = isIP(text) !== 0;
      if (known) addresses++;
      expect(isIpAddress(text)).toBe(known);
    }),
    { numRuns: 5_000, seed: 44 },
  );
  expect(addresses).toBeGreaterThan(1_000);
});
