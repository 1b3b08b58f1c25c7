import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cutText } from '../../../main/contracts/bounded.ts';
import { bytesOf, textOf } from '../../../main/logs/byte-text.ts';
import { MessageDecoder } from '../../../main/reading/message-decoder.ts';
import { fix44Xml } from '../../support/fix44-artefact.ts';

const LOGON =
  '8=FIX.4.4\x019=80\x0135=A\x0149=US\x0156=LP\x0134=1\x0152=20260105-09:00:00.000\x0198=0\x01108=30\x01553=desk\x01554=secret\x0110=000\x01';
const dir = mkdtempSync(join(tmpdir(), 'vfxlp-dictionary-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('the operator’s inspector', () => {
  it('names fields and enumerated values, and shows no password', async () => {
    const decoded = await new MessageDecoder([dir]).decode(LOGON, null);
    expect(decoded).toMatchObject({ msgType: 'A', name: 'Logon', admin: true });
    expect(decoded.fields.find(({ tag }) => tag === 98)).toMatchObject({ name: 'EncryptMethod', value: '0' });
    expect(decoded.fields.find(({ tag }) => tag === 98)?.meaning).toMatch(/none/i);
    expect(JSON.stringify(decoded)).not.toContain('secret');
  });

  it('reads a message that is no UTF-8 by its bytes, and knows one of which only the beginning is there', async () => {
    const decoder = new MessageDecoder([dir]);
    const body = Buffer.from('35=0\x0149=LP\x0156=US\x0134=2\x0152=20260105-09:00:00.000\x01112=\x9b\xff\x01', 'latin1');
    const message = Buffer.concat([Buffer.from(`8=FIX.4.4\x019=${body.length}\x01`), body]);
    const sum = message.reduce((total, byte) => total + byte, 0) % 256;
    const text = textOf(Buffer.concat([message, Buffer.from(`10=${String(sum).padStart(3, '0')}\x01`)]));
    const decoded = await decoder.decode(text, null);
    expect(decoded.problem).toBeNull();
    expect(bytesOf(decoded.fields.find(({ tag }) => tag === 112)?.value ?? '')).toEqual(Buffer.of(0x9b, 0xff));
    expect((await decoder.decode(cutText('8=FIX.4.4\x0158='.padEnd(5_000, 'x')), null)).problem).toMatch(/only the beginning/i);
  });

  it('shows a message with FIX 4.4 where the dictionary of its LP cannot be read, and says so', async () => {
    const file = join(dir, 'lp.xml');
    const decoder = new MessageDecoder([dir]);
    expect((await decoder.decode(LOGON, file)).problem).toContain(file);
    expect((await decoder.decode(LOGON, file)).name).toBe('Logon');
    writeFileSync(file, 'no dictionary');
    expect((await decoder.decode(LOGON, file)).problem).toContain('cannot be used');
  });

  it('takes a dictionary up again when its file has changed', async () => {
    const file = join(dir, 'changing.xml');
    const decoder = new MessageDecoder([dir]);
    writeFileSync(file, fix44Xml());
    expect((await decoder.decode(LOGON, file)).name).toBe('Logon');
    writeFileSync(file, fix44Xml().replaceAll("name='Logon'", "name='Greeting'"));
    expect((await decoder.decode(LOGON, file)).name).toBe('Greeting');
  });

  it('reads no more fields of a message than a person looks at, and says so', async () => {
    const { fields, problem } = await new MessageDecoder([dir]).decode(LOGON.replace('98=0', '58=x\x01'.repeat(50_000)), null);
    expect(fields).toHaveLength(2_000);
    expect(problem).toContain('first 2000 of its 50');
  });
});
