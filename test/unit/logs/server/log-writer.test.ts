import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LogWriter } from '../../../../main/logs/server/log-writer.ts';

const PAGE_BYTES = 64 * 1024;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-log-writer-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('LogWriter', () => {
  it('hands every page back once, those of a burst that it wrote synchronously too', async () => {
    const path = join(dir, 'fix.log');
    const back: { readonly bytes: Buffer }[] = [];
    const writer = new LogWriter<{ readonly bytes: Buffer }>({
      path,
      maxBytes: 1e9,
      keep: 1,
      day: 20_000,
      onError: (error) => expect.unreachable(error.message),
      onNote: (text) => expect.unreachable(text),
      written: (page) => back.push(page),
    });
    const pages = Array.from({ length: 200 }, (_, n) => ({ bytes: Buffer.alloc(PAGE_BYTES, `${n}\n`) }));
    for (const page of pages) writer.put(page, PAGE_BYTES);
    await vi.waitFor(() => expect(back.length).toBeGreaterThanOrEqual(pages.length));
    writer.close();
    expect(new Set(back).size).toBe(pages.length);
    expect(back).toHaveLength(pages.length);
    expect(readFileSync(path).equals(Buffer.concat(pages.map(({ bytes }) => bytes)))).toBe(true);
  });
});
