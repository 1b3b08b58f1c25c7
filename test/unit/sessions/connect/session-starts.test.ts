import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSessionStarts } from '../../../../main/sessions/connect/session-starts.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vfxlp-starts-'));
  file = join(folder, 'session-starts.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the starts of the sessions that the numbers belong to', () => {
  it('outlive the console', () => {
    openSessionStarts(folder).set('US→LP', 1_000);
    expect(openSessionStarts(folder).get('US→LP')).toBe(1_000);
    expect(openSessionStarts(folder).get('US→OTHER')).toBeNull();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ 'US→LP': 1_000 });
  });

  it('are written only when they change', () => {
    const starts = openSessionStarts(folder);
    starts.set('US→LP', 1_000);
    rmSync(file);
    starts.set('US→LP', 1_000);
    expect(existsSync(file)).toBe(false);
    starts.set('US→LP', 2_000);
    expect(openSessionStarts(folder).get('US→LP')).toBe(2_000);
  });

  it('under the name of a row become those of its FIX session, which has none of its own yet', () => {
    writeFileSync(file, '{"LP-A":1000,"LP-B":2000,"US→B":3000}');
    const starts = openSessionStarts(folder);
    starts.adopt('LP-A', 'US→A');
    starts.adopt('LP-B', 'US→B');
    expect([starts.get('US→A'), starts.get('US→B')]).toEqual([1_000, 3_000]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ 'US→A': 1_000, 'US→B': 3_000 });
    rmSync(file);
    starts.adopt('LP-C', 'US→C');
    expect(starts.get('US→C')).toBeNull();
    expect(existsSync(file)).toBe(false);
  });

  it('are not taken for unknown where the file cannot be read', () => {
    mkdirSync(file);
    expect(() => openSessionStarts(folder)).toThrow('EISDIR');
  });

  it.each(['', '{"US→LP":', 'null', '7', '{"US→LP":"soon"}'])('are unknown where the file says %j', (text) => {
    writeFileSync(file, text);
    const starts = openSessionStarts(folder);
    expect(starts.get('US→LP')).toBeNull();
    starts.set('US→LP', 5);
    expect(openSessionStarts(folder).get('US→LP')).toBe(5);
  });
});
