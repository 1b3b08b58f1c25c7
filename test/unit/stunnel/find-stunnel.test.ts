import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stunnelPlaces } from '../../../main/base/platform.ts';
import { findStunnel } from '../../../main/stunnel/find-stunnel.ts';

const places = (folders: readonly string[]) => ({ ...stunnelPlaces('linux'), folders });

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-find-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function program(name: string, mode = 0o755): string {
  const path = join(dir, name);
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, mode);
  return path;
}

it('takes the program named in VFXLP_STUNNEL', () => {
  const path = program('my-stunnel');
  expect(findStunnel({ VFXLP_STUNNEL: path, PATH: '' })).toEqual({ path });
});

it('says so when VFXLP_STUNNEL does not name a program, and takes no other', () => {
  const path = program('stunnel', 0o644);
  program('stunnel4');
  expect(findStunnel({ VFXLP_STUNNEL: path, PATH: dir })).toEqual({
    reason: { code: 'tunnel-missing', detail: expect.stringContaining(path) },
  });
});

it('prefers stunnel to stunnel4 on the PATH, and never takes stunnel3', () => {
  program('stunnel3');
  const four = program('stunnel4');
  const plain = program('stunnel');
  expect(findStunnel({ PATH: `/nonexistent:${dir}` }, places([]))).toEqual({ path: plain });
  rmSync(plain);
  expect(findStunnel({ PATH: '/nonexistent' }, places([dir]))).toEqual({ path: four });
});

it('says how to install it when there is none', () => {
  program('stunnel3');
  expect(findStunnel({ PATH: dir }, places([]))).toEqual({
    reason: { code: 'tunnel-missing', detail: expect.stringContaining('apt-get install stunnel4') },
  });
});
