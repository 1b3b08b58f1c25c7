import { afterEach, expect, test } from 'vitest';
import { Pair, type PairOptions } from './engine.ts';

// The built engine against QuickFIX C++, an engine nobody here wrote. The engine reflects every application message, so that QuickFIX
// sees what the engine took, in which order.

const open: Pair[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((pair) => pair.end()));
});

async function loggedOn(options: PairOptions): Promise<Pair> {
  const pair = await Pair.loggedOn(options);
  open.push(pair);
  return pair;
}

const texts = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, n) => `m${from + n}`);

test('logon: both sides go on from 2', async () => {
  const pair = await loggedOn({ heartBtInt: 30 });
  expect(await pair.heard(/^admin A/)).toBe('admin A 1 - - -');
  await expect.poll(() => pair.quickfix.state()).toEqual({ nextIn: 2, nextOut: 2 });
});

test('application messages both ways, each once and in order', async () => {
  const pair = await loggedOn({ heartBtInt: 30 });
  pair.quickfix.command('send 500');
  await pair.heard(/^app h \d+ - m500$/);
  expect(pair.taken()).toEqual(texts(1, 500));
});

test('heartbeats at one second keep the session, and nobody has to ask', async () => {
  const pair = await loggedOn({ heartBtInt: 1 });
  await pair.heard(/^admin 0 5 /);
  expect(pair.quickfix.lines.filter((line) => line.startsWith('admin 1') || line.startsWith('sent 3'))).toEqual([]);
  expect(pair.quickfix.lines).not.toContain('logout');
});

test('test requests: ours is answered by QuickFIX after it fell silent, its by us', async () => {
  const pair = await loggedOn({ heartBtInt: 1 });
  pair.quickfix.command('test HELLO');
  await pair.heard(/^admin 0 \d+ - - HELLO$/);
  pair.quickfix.pause();
  await pair.loggedByEngine('\x0135=1\x0149=VFXLP\x01');
  pair.quickfix.resume();
  await pair.heard(/^admin 1 /);
  const from = pair.quickfix.lines.length;
  await pair.heard(/^admin 0 /, from);
  expect(pair.quickfix.lines).not.toContain('logout');
});

test('a gap in what QuickFIX sends is asked for and filled', async () => {
  const pair = await loggedOn({ heartBtInt: 30 });
  pair.quickfix.command('next-out 20');
  pair.quickfix.command('send 2');
  await pair.heard(/^admin 2 \d+ - - 2-0$/);
  await pair.heard(/^app h \d+ - m2$/);
  expect(pair.taken()).toEqual(texts(1, 2));
});

test('QuickFIX asks again for application messages: resent as PossDup, admin messages gap-filled', async () => {
  const pair = await loggedOn({ heartBtInt: 30 });
  pair.quickfix.command('send 3');
  await pair.heard(/^app h 4 - m3$/);
  pair.quickfix.command('test BETWEEN');
  await pair.heard(/^admin 0 5 /);
  pair.quickfix.command('send 1');
  await pair.heard(/^app h 6 - m4$/);
  const from = pair.quickfix.lines.length;
  pair.quickfix.command('next-in 2');
  pair.quickfix.command('test GAP');
  await pair.heard(/^app h 6 Y m4$/, from);
  expect(pair.quickfix.lines.slice(from).filter((line) => line.startsWith('app '))).toEqual([
    'app h 2 Y m1',
    'app h 3 Y m2',
    'app h 4 Y m3',
    'app h 6 Y m4',
  ]);
  pair.quickfix.command('test AFTER');
  await pair.heard(/^admin 0 \d+ - - AFTER$/);
  expect(pair.quickfix.lines).not.toContain('logout');
});

test('what was sent while we were away is resent after the logon, once and in order', async () => {
  const pair = await loggedOn({ heartBtInt: 30 });
  await pair.endEngine('SIGKILL');
  await pair.heard('logout');
  pair.quickfix.command('send 40');
  const from = pair.quickfix.lines.length;
  pair.startEngine();
  await pair.heard('logon', from);
  await pair.heard(/ m40$/, from);
  expect(pair.taken(from)).toEqual(texts(1, 40));
});

test('141=Y: every connection starts at 1', async () => {
  const pair = await loggedOn({ heartBtInt: 30, engine: ['--reset-on-logon'] });
  expect(await pair.heard(/^admin A/)).toBe('admin A 1 - - Y');
  pair.quickfix.command('send 3');
  await pair.heard(/^app h 4 - m3$/);
  await pair.endEngine('SIGKILL');
  await pair.heard('logout');
  const from = pair.quickfix.lines.length;
  pair.startEngine();
  expect(await pair.heard(/^admin A/, from)).toBe('admin A 1 - - Y');
  await pair.heard('logon', from);
  await expect.poll(() => pair.quickfix.state()).toEqual({ nextIn: 2, nextOut: 2 });
});

test('sequence reset by QuickFIX is followed', async () => {
  const pair = await loggedOn({ heartBtInt: 30 });
  pair.quickfix.command('sequence-reset 50');
  pair.quickfix.command('send 1');
  await pair.heard(/^app h 2 - m1$/);
  await expect.poll(() => pair.quickfix.state()).toEqual({ nextIn: 3, nextOut: 51 });
  expect(pair.quickfix.lines.filter((line) => line.startsWith('admin 2'))).toEqual([]);
});

test('QuickFIX logs out: answered, and the numbers go on at the next logon', async () => {
  const pair = await loggedOn({ heartBtInt: 30 });
  pair.quickfix.command('logout end of day');
  await pair.heard(/^admin 5 2 /);
  await pair.heard('logout');
  pair.quickfix.command('logon');
  const from = pair.quickfix.lines.length;
  await pair.engineAgain();
  expect(await pair.heard(/^admin A/, from)).toBe('admin A 3 - - -');
  await pair.heard('logon', from);
});

test('we log out: QuickFIX answers, and the engine ends by itself', async () => {
  const pair = await loggedOn({ heartBtInt: 30 });
  expect(await pair.endEngine('SIGTERM')).toBe(0);
  await pair.heard(/^admin 5 2 /);
  await pair.heard(/^sent 5 2 /);
});

test('QuickFIX is killed and comes back: the session goes on where it was', async () => {
  const pair = await loggedOn({ heartBtInt: 30 });
  pair.quickfix.command('send 10');
  await pair.heard(/^app h 11 - m10$/);
  await pair.quickfixAgain();
  await pair.engineAgain();
  await pair.heard('logon');
  pair.quickfix.command('send 5');
  await pair.heard(/^app h \d+ - m5$/);
  expect(pair.taken()).toEqual(texts(1, 5));
  expect(pair.quickfix.lines.filter((line) => line.startsWith('admin 2') || line.startsWith('sent 2'))).toEqual([]);
});

test('the engine is killed in the middle of a stream: nothing is lost, the order holds', async () => {
  const pair = await loggedOn({ heartBtInt: 30 });
  pair.quickfix.command('send 3000');
  await pair.heard(/ m100$/);
  await pair.endEngine('SIGKILL');
  await pair.heard('logout');
  const from = pair.quickfix.lines.length;
  pair.startEngine();
  await pair.heard('logon', from);
  await pair.heard(/ m3000$/);
  pair.quickfix.command('test DONE');
  await pair.heard(/^admin 0 \d+ - - DONE$/);
  const taken = pair.taken();
  // What the engine took just before it died may come again, because it had not written yet that it had; nothing may be missing.
  expect([...new Set(taken)]).toEqual(texts(1, 3000));
});
