import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Keychain } from '../../../main/contracts/keychain.ts';
import { KeyOutOfReach, keepKey, keyInFile, keyStep } from '../../../main/settings/key-keeping.ts';
import { readSettings } from '../../../main/settings/settings.ts';

const KEY = 'ab'.repeat(32);
let dataDir: string;
let file: string;
let sealedFile: string;

/** Seals by turning round; `locked` gives nothing. */
class FakeKeychain implements Keychain {
  readonly name = 'a keychain';
  locked = false;
  /** What it gives back is not what it got. */
  lies = false;
  seal(plain: string): Buffer {
    return Buffer.from(`sealed:${[...plain].reverse().join('')}`);
  }
  open(sealed: Buffer): string {
    if (this.locked) throw new Error('it is locked');
    const text = [...sealed.toString().slice('sealed:'.length)].reverse().join('');
    return this.lies ? `${text}!` : text;
  }
}
const keychain = () => new FakeKeychain();
const keep = (chain: Keychain | null, wanted = true) => keepKey(dataDir, chain, 'there is none', wanted);

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'vfxlp-key-'));
  file = join(dataDir, 'secret-key');
  sealedFile = `${file}.sealed`;
});
afterEach(() => rmSync(dataDir, { recursive: true }));

describe('what is done about the key', () => {
  it('never makes another in the place of one that is sealed', () => {
    for (const wanted of [true, false]) expect(keyStep({ plain: false, sealed: true, keychain: false, wanted })).toBe('refuse');
  });

  it.each([
    [{ plain: true, sealed: false, keychain: true, wanted: true }, 'seal'],
    [{ plain: false, sealed: false, keychain: true, wanted: true }, 'seal'],
    [{ plain: true, sealed: true, keychain: true, wanted: true }, 'seal'],
    [{ plain: true, sealed: true, keychain: false, wanted: true }, 'read-file'],
    [{ plain: true, sealed: false, keychain: true, wanted: false }, 'read-file'],
    [{ plain: false, sealed: false, keychain: false, wanted: true }, 'read-file'],
    [{ plain: false, sealed: true, keychain: true, wanted: true }, 'read-sealed'],
    [{ plain: false, sealed: true, keychain: true, wanted: false }, 'unseal'],
  ])('%o: %s', (place, step) => expect(keyStep(place)).toBe(step));
});

describe('the key', () => {
  it('of before is moved to the keychain, stays the same, and is in no file as it is', () => {
    writeFileSync(file, `${KEY}\n`);
    expect(keep(keychain())).toEqual({ text: KEY, kept: 'in the keychain of this system (a keychain)' });
    expect(readdirSync(dataDir)).toEqual(['secret-key.sealed']);
    expect(readFileSync(sealedFile, 'utf8')).not.toContain(KEY);
    expect(keep(keychain()).text).toBe(KEY);
  });

  it('is made where there is none, and is the same ever after, with a keychain and without', () => {
    const { text } = keep(keychain());
    expect(text).toMatch(/^[0-9a-f]{64}$/);
    expect(keep(keychain()).text).toBe(text);
    expect(keep(keychain(), false)).toMatchObject({ text, kept: expect.stringContaining('VFXLP_KEYCHAIN is off') });
    expect(readdirSync(dataDir)).toEqual(['secret-key']);
    expect(keep(null)).toEqual({ text, kept: `in a file that only this user can read (${file}): there is none` });
  });

  it.each(['lies', 'locked'] as const)('stays in its file when the keychain %s', (fault) => {
    writeFileSync(file, `${KEY}\n`);
    const bad = Object.assign(keychain(), { [fault]: true });
    expect(keep(bad)).toMatchObject({ text: KEY, kept: expect.stringContaining('did not take it') });
    expect(readdirSync(dataDir)).toEqual(['secret-key']);
  });

  it('whose move was cut off, before or after its file went, is whole', () => {
    writeFileSync(file, `${KEY}\n`);
    writeFileSync(sealedFile, 'half');
    expect(keep(null).text).toBe(KEY);
    expect(keep(keychain()).text).toBe(KEY);
    expect(existsSync(file)).toBe(false);
    expect(keep(keychain()).text).toBe(KEY);
  });

  it('that is out of reach is told, and left as it is: by the console without a window, too', () => {
    keep(keychain());
    const sealed = readFileSync(sealedFile);
    expect(() => keep(Object.assign(keychain(), { locked: true }))).toThrow(/does not give the key.*it is locked\. Unlock it/);
    expect(() => keep(null)).toThrow(KeyOutOfReach);
    expect(() => keyInFile(dataDir)).toThrow(/set VFXLP_SECRET_KEY/);
    const env = { VFXLP_DATA_DIR: dataDir, VFXLP_FIX_LOG_DIR: join(dataDir, 'fix') };
    expect(readSettings(env)).toMatchObject({ ok: false, error: { kind: 'operational', code: 'secret-key' } });
    expect(readSettings({ ...env, VFXLP_SECRET_KEY: KEY })).toMatchObject({ ok: true });
    expect([existsSync(file), readFileSync(sealedFile)]).toEqual([false, sealed]);
  });
});
