import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FaultyPeer } from './faulty-peer.ts';
import { RUNS } from './settings.ts';

const at = fc.nat({ max: 1_000 });
const happening = (staleCrash: boolean, resets: boolean) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('say' as const), count: fc.integer({ min: 1, max: 6 }) }) },
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('carry' as const), count: fc.integer({ min: 1, max: 8 }) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('lose' as const), at }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('double' as const), at }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('connect' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), stale: fc.constant(staleCrash) }) },
    { weight: resets ? 1 : 0, arbitrary: fc.record({ kind: fc.constantFrom('reset' as const, 'peer-reset' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 40_000 }) }) },
  );
type Happening = (ReturnType<typeof happening> extends fc.Arbitrary<infer T> ? T : never)[];

const run = (happenings: Happening): FaultyPeer => {
  const peer = new FaultyPeer();
  peer.connect();
  for (const event of happenings) {
    switch (event.kind) {
      case 'say':
        for (let n = 0; n < event.count; n += 1) peer.say();
        break;
      case 'carry':
        peer.carry(event.count);
        break;
      case 'lose':
        peer.lose(event.at);
        break;
      case 'double':
        peer.double(event.at);
        break;
      case 'connect':
        peer.connect();
        break;
      case 'cut':
        peer.cut();
        break;
      case 'crash':
        peer.crash(event.stale);
        break;
      case 'wait':
        peer.wait(event.ms);
        break;
      case 'reset':
        peer.reset();
        break;
      case 'peer-reset':
        peer.peerReset();
        break;
    }
  }
  peer.settle();
  return peer;
};
const histories = (staleCrash: boolean, resets: boolean) =>
  fc.array(happening(staleCrash, resets), { minLength: 20, maxLength: 150, size: 'max' });

test('whatever is lost, doubled, cut off or resent, the application gets every message once and in order', () => {
  fc.assert(
    fc.property(histories(false, false), (happenings) => {
      const peer = run(happenings);
      expect(peer.got.map(({ text }) => text)).toEqual(peer.texts);
    }),
    { numRuns: RUNS },
  );
}, 120_000);

test('a crash that loses the number last written repeats messages, marked PossDup, and loses none', () => {
  fc.assert(
    fc.property(histories(true, false), (happenings) => {
      const peer = run(happenings);
      const seen = new Set<string>();
      for (const { text, possDup } of peer.got) {
        if (seen.has(text)) expect(possDup).toBe(true);
        seen.add(text);
      }
      expect([...seen]).toEqual(peer.texts);
    }),
    { numRuns: RUNS },
  );
}, 120_000);

test('resets of the numbers by either side: what was said after the last one comes once and in order, nothing comes twice', () => {
  fc.assert(
    fc.property(histories(false, true), (happenings) => {
      const peer = run(happenings);
      const got = peer.got.map(({ text }) => text);
      expect(got.slice(got.length - (peer.texts.length - peer.beforeReset))).toEqual(peer.texts.slice(peer.beforeReset));
      expect(got).toEqual(peer.texts.filter((text) => got.includes(text)));
    }),
    { numRuns: RUNS },
  );
}, 120_000);
