import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cutText } from '../../main/contracts/bounded.ts';
import { DEFAULT_SESSION } from '../../main/contracts/lp-config.ts';
import { bytesOf, textOf } from '../../main/logs/byte-text.ts';
import { messageDecoder } from '../../main/message-decoder.ts';
import { configOf } from '../support/memory-database.ts';

const LOGON =
  '8=FIX.4.4\x019=80\x0135=A\x0149=US\x0156=LP\x0134=1\x0152=20260105-09:00:00.000\x0198=0\x01108=30\x01553=desk\x01554=secret\x0110=000\x01';
const dir = mkdtempSync(join(tmpdir(), 'vfxlp-dictionary-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('the operator’s inspector', () => {
  it('names fields and enumerated values, and shows no password', async () => {
    const decoded = await messageDecoder(async () => null)('LP-A', LOGON);
    expect(decoded).toMatchObject({ msgType: 'A', name: 'Logon', admin: true });
    expect(decoded.fields.find(({ tag }) => tag === 98)).toMatchObject({ name: 'EncryptMethod', value: '0' });
    expect(decoded.fields.find(({ tag }) => tag === 98)?.meaning).toMatch(/none/i);
    expect(JSON.stringify(decoded)).not.toContain('secret');
  });

  it('reads a message that is no UTF-8 by its bytes, and knows one of which only the beginning is there', async () => {
    const decode = messageDecoder(async () => null);
    const body = Buffer.from('35=0\x0149=LP\x0156=US\x0134=2\x0152=20260105-09:00:00.000\x01112=\x9b\xff\x01', 'latin1');
    const message = Buffer.concat([Buffer.from(`8=FIX.4.4\x019=${body.length}\x01`), body]);
    const sum = message.reduce((total, byte) => total + byte, 0) % 256;
    const text = textOf(Buffer.concat([message, Buffer.from(`10=${String(sum).padStart(3, '0')}\x01`)]));
    const decoded = await decode('LP-A', text);
    expect(decoded.problem).toBeNull();
    expect(bytesOf(decoded.fields.find(({ tag }) => tag === 112)?.value ?? '')).toEqual(Buffer.of(0x9b, 0xff));
    expect((await decode('LP-A', cutText('8=FIX.4.4\x0158='.padEnd(5_000, 'x')))).problem).toMatch(/only the beginning/i);
  });

  it('shows a message with FIX 4.4 where the dictionary of its LP cannot be read, and says so', async () => {
    const file = join(dir, 'lp.xml');
    const decode = messageDecoder(async () => configOf('LP-A', { session: { ...DEFAULT_SESSION, dictionaryFile: file } }));
    expect((await decode('LP-A', LOGON)).problem).toContain(file);
    expect((await decode('LP-A', LOGON)).name).toBe('Logon');
    writeFileSync(file, 'no dictionary');
    expect((await decode('LP-A', LOGON)).problem).toContain('cannot be used');
  });
});
