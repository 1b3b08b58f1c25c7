import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeskMemory } from '../../../main/shell/desk-memory.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const PLACE = { x: -5, y: 6, width: 700, height: 800, maximized: false, fullScreen: true };
const NOTHING = { zoom: 0, places: [], open: [], closesToTray: false, toldOfTray: false, muted: [] };
let dir: string;
let file: string;
let told: string[];
let clock: FakeClock;
const open = (): DeskMemory => new DeskMemory(file, clock, (text) => told.push(text));

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-desk-'));
  file = join(dir, 'desktop', 'desk.json');
  told = [];
  clock = new FakeClock();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('what the desktop remembers', () => {
  it('is there again after a restart', async () => {
    const memory = open();
    expect(memory.desk).toEqual(NOTHING);
    memory.keepPlace('lp:LP-A', { ...PLACE, x: 1 });
    memory.keepPlace('main', PLACE);
    memory.keepPlace('lp:LP-A', PLACE);
    memory.keepOpen('lp:LP-A', true);
    memory.keepOpen('strip', true);
    memory.keepOpen('strip', false);
    memory.change({ zoom: 1.5 });
    await memory.flush();
    const again = open();
    expect(again.desk).toMatchObject({ zoom: 1.5, open: ['lp:LP-A'] });
    expect([again.place('main'), again.place('lp:LP-A'), again.place('strip')]).toMatchObject([PLACE, PLACE, null]);
    expect(again.desk.places).toHaveLength(2);
    expect(told).toEqual([]);
  });

  it('is written half a second after a change, once for many', async () => {
    const memory = open();
    for (let x = 0; x < 100; x += 1) memory.keepPlace('main', { ...PLACE, x });
    expect(clock.waiting).toBe(1);
    await clock.advance(500);
    await memory.flush();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ places: [{ window: 'main', x: 99 }] });
    const { mtimeMs } = statSync(file);
    await memory.flush();
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
  });

  it.each([
    ['no JSON', '{"zoom": 1'],
    ['empty', ''],
    ['of other types', '{"zoom": "large"}'],
    ['beyond all limits', '{"zoom": 1e9}'],
    ['with a place nowhere', JSON.stringify({ places: [{ ...PLACE, window: 'main', width: 0 }] })],
    ['with a mute of nothing', '{"muted": ["everything"]}'],
    ['with a window of no LP', JSON.stringify({ open: ['lp:../../x'] })],
    ['with more windows than anyone has', JSON.stringify({ open: Array.from({ length: 501 }, () => 'strip') })],
    ['null', 'null'],
  ])('is begun anew when its file is %s, with a line in the log', async (_what, text) => {
    mkdirSync(join(dir, 'desktop'));
    writeFileSync(file, text);
    const memory = open();
    expect(memory.desk).toEqual(NOTHING);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(file);
    memory.change({ zoom: 2 });
    await memory.flush();
    expect(open().desk.zoom).toBe(2);
  });

  it('does not keep the console from starting or ending when its file cannot be read or written', async () => {
    mkdirSync(file, { recursive: true });
    const memory = open();
    memory.change({ zoom: 2 });
    await memory.flush();
    expect(memory.desk.zoom).toBe(2);
    expect(told.map((text) => text.replace(/:.*/, ''))).toEqual([
      'What the desktop remembers cannot be read and is begun anew',
      'What the desktop remembers could not be written',
    ]);
  });
});
