import { copyFileSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { mkfifo } from '../../support/fifo.ts';
import { ca, dial, dir, failureOf, good, listening, lp, manager, never, startTunnel, tlsServer } from './tunnel-rig.ts';

describe('the identity of a tunnel', () => {
  let caFile = '';
  beforeEach(() => {
    caFile = join(mkdtempSync(join(dir, 'files-')), 'ca.pem');
    copyFileSync(ca.certFile, caFile);
  });

  it('is equal while nothing changes, and another for each option, host, port and content of a file', async () => {
    const { certFile, keyFile } = await ca.issue({ name: 'client' });
    const by = manager();
    const of = (more: object = {}, tunnel: object = {}) => by.identity({ ...lp(1, { caFile, ...tunnel }), ...more }, lp(1));
    const before = await of();
    expect(await of({ version: 7, heartBtInt: 5, username: 'x' })).toBe(before);
    const others = [
      by.identity(lp(1, { caFile }), lp(2)),
      by.identity(lp(1, { caFile }), { host: 'other', port: 1 }),
      ...[{ verify: 'none' }, { verify: 'pinned' }, { sni: 'a' }, { checkHost: 'a' }, { minVersion: 'TLSv1.3' }].map((t) =>
        of({}, t),
      ),
      of({}, { certFile }),
      of({}, { certFile, keyFile }),
    ];
    expect(new Set([before, ...(await Promise.all(others))]).size).toBe(others.length + 1);
  });

  it.each([
    ['written over', (other: string) => copyFileSync(other, caFile)],
    ['renamed over', (other: string) => renameSync(other, caFile)],
    ['replaced by a link', (other: string) => relink(other, caFile)],
    ['gone', () => rmSync(caFile)],
    ['emptied', () => writeFileSync(caFile, '')],
  ] as const)('is another when a file was %s, also one whose size and times are as before', async (_, change) => {
    const by = manager();
    const old = new Date('2026-01-01T00:00:00Z');
    const other = join(dir, 'other-ca.pem');
    copyFileSync(good.certFile, other);
    for (const path of [other, caFile]) utimesSync(path, old, old);
    const before = await by.identity(lp(1, { caFile }), lp(1));
    change(other);
    expect(await by.identity(lp(1, { caFile }), lp(1))).not.toBe(before);
  });

  it('is that of the tunnel that was started', async () => {
    const by = manager();
    const config = lp(1, { caFile });
    expect((await startTunnel(config, by)).identity).toBe(await by.identity(config, config));
  });
});

function relink(to: string, path: string): void {
  rmSync(path);
  symlinkSync(to, path);
}

describe('a file of a tunnel that is no file', () => {
  it('is refused in words and holds nothing up: a FIFO that nobody writes to, a folder', async () => {
    const fifo = join(dir, 'fifo.pem');
    mkfifo(fifo);
    for (const caFile of [fifo, dir]) {
      for (const verify of ['chain', 'pinned'] as const) {
        expect(await manager().start(lp(1, { caFile, verify }), lp(1), never)).toMatchObject({
          ok: false,
          reason: { code: 'tunnel-failed', detail: `tunnel.caFile: ${caFile} cannot be read (it is no regular file)` },
        });
      }
    }
  });
});

describe('a pinned certificate that the LP has renewed', () => {
  it('is used by the next tunnel when its file was replaced', async () => {
    const pinnedFile = join(dir, 'pinned.pem');
    const old = await ca.issue({ name: 'old', dnsNames: ['localhost'] });
    copyFileSync(old.certFile, pinnedFile);
    const config = lp(await tlsServer(good), { verify: 'pinned', caFile: pinnedFile });
    expect(await failureOf(config)).toMatchObject({ code: 'tls-certificate' });
    copyFileSync(good.certFile, pinnedFile);
    expect(await dial(await startTunnel(config))).toBe('hello');
  });
});

describe('an LP that accepts and says nothing', () => {
  it('has been connected, and no TLS came', async () => {
    const mute = createServer(() => undefined);
    const tunnel = await startTunnel(lp(await listening(mute)));
    const kinds: string[] = [];
    tunnel.onNote(({ kind }) => kinds.push(kind));
    void dial(tunnel);
    await expect.poll(() => kinds).toEqual(['accepted', 'connected']);
  });
});
