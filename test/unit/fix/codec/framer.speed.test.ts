import { describe, expect, it } from 'vitest';
import { fix44 } from '../../../../main/fix/codec/fix44.ts';
import { Framer } from '../../../../main/fix/codec/framer.ts';
import { framed, header, heartbeat, message, wire } from '../../../support/fix-wire.ts';

describe('time', () => {
  it('for rubbish made of beginnings of messages is little', () => {
    const heads = '8=FIX.4.4|9=900000|35=A|'.repeat(40_000);
    // Each claims all that follows as its data, so that only the bytes after the longest claim tell.
    const nested = `${'8=FIX.4.4|9=900000|35=A|95=800000|96='.repeat(20_000)}${'x'.repeat(1_000_000)}`;
    for (const text of [heads, nested, '8'.repeat(500_000), '8=FIX'.repeat(200_000)]) {
      const started = performance.now();
      expect(framed([wire(text), wire(`${heartbeat(1)}`)]).found).toEqual([heartbeat(1)]);
      expect(performance.now() - started).toBeLessThan(5_000);
    }
  });

  it('for a message of 1 MB that comes byte by byte is linear', () => {
    const large = message(`${header('B', 1)}58=${'z'.repeat(1_000_000)}|`);
    const started = performance.now();
    const framer = new Framer(fix44());
    let found = 0;
    for (const byte of wire(large)) {
      framer.append(Uint8Array.of(byte));
      while (framer.next()) found++;
    }
    expect(found).toBe(1);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
