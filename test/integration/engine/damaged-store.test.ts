import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Counterparty } from './counterparty.ts';
import { EngineHome, EngineProcess } from './engine-process.ts';

let peer: Counterparty;
let home: EngineHome;
let engine: EngineProcess;
beforeEach(async () => {
  peer = await Counterparty.listen();
  home = new EngineHome();
});
afterEach(async () => {
  await engine.kill();
  await peer.end();
  home.remove();
});

async function logOn(): Promise<void> {
  engine = new EngineProcess();
  engine.send({ type: 'start', settings: home.settings() });
  await engine.report('ready');
  engine.connect(peer.port);
  await peer.logOn();
  await engine.report('logged-on');
}

async function send(headline: string): Promise<void> {
  engine.send({
    type: 'send',
    requestId: 1,
    msgType: 'B',
    fields: [
      [148, headline],
      [33, '1'],
      [58, 'x'],
    ],
  });
  await peer.hear('B');
}

/** The one file of this name in or below the store. */
function storeFile(name: string): string {
  const found = readdirSync(join(home.dir, 'store'), { recursive: true, withFileTypes: true }).filter(
    (file) => file.name === name,
  );
  expect(found).toHaveLength(1);
  return join(found[0]?.parentPath ?? '', name);
}

it.each([
  ['the offset −5', -5, null],
  ['the length 0xFFFFFFFF', 0, 0xffff_ffff],
])('an index entry with %s is answered by a GapFill, and shown', async (_name, offset, length) => {
  await logOn();
  for (const headline of ['first', 'second', 'third']) await send(headline);
  await engine.kill();
  const path = storeFile('messages.idx');
  const index = readFileSync(path);
  // Number 1 was the Logon; all entries have the same size.
  const at = (index.length / 4) * 2;
  index.writeDoubleLE(offset, at);
  if (length !== null) index.writeUInt32LE(length, at + 8);
  writeFileSync(path, index);
  await peer.until(() => peer.closed);

  await logOn();
  peer.send('2', '7=1|16=0|');
  expect((await peer.hear('4')).text).toContain('|36=2|');
  expect((await peer.hear('B')).field(148)).toBe('first');
  expect((await peer.hear('4')).text).toMatch(/\|34=3\|.*\|123=Y\|36=4/);
  expect((await peer.hear('B')).field(148)).toBe('third');
  await vi.waitFor(async () => expect((await engine.report('stats')).stats.unreadable).toBe(1));
  const events = engine.reports.flatMap((report) => (report.type === 'timeline' ? report.events : []));
  const alarms = events.filter(({ level }) => level === 'alarm').map(({ text }) => text);
  expect(alarms).toEqual([expect.stringContaining('MsgSeqNum 3.')]);
});
