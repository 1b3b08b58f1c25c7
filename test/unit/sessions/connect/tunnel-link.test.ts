import { describe, expect, it } from 'vitest';
import type { TunnelNote } from '../../../../main/contracts/processes.ts';
import { TunnelLink } from '../../../../main/sessions/connect/tunnel-link.ts';
import { FakeClock, settle } from '../../../support/fake-clock.ts';
import { type FakeTunnel, FakeTunnels } from '../../../support/fake-tunnels.ts';
import { configOf } from '../../../support/memory-database.ts';

const CONFIG = configOf('LP-A', { ssl: true });
const A = { host: '192.0.2.10', port: 9_001 };

function world() {
  const clock = new FakeClock();
  const tunnels = new FakeTunnels();
  const notes: TunnelNote[] = [];
  const ends: unknown[] = [];
  const link = new TunnelLink(tunnels, clock, { note: (note) => notes.push(note), ended: (reason) => ends.push(reason) });
  const open = (target = A) => link.open(CONFIG, target);
  /** Opened to A; how its process ends when asked. */
  const opened = async (stops: FakeTunnel['stops'] = 'stop'): Promise<FakeTunnel> => {
    await open();
    tunnels.tunnel().stops = stops;
    return tunnels.tunnel();
  };
  return { clock, tunnels, notes, ends, link, open, opened };
}

describe('a tunnel', () => {
  it.each([
    ['the same target', A, 1],
    ['another port', { ...A, port: 9_002 }, 2],
    ['another host', { ...A, host: '192.0.2.11' }, 2],
  ])('is kept for one target alone: %s', async (_what, target, started) => {
    const w = world();
    const first = await w.opened();
    const again = await w.open(target);
    expect(again).toEqual({ ok: true, tunnel: w.tunnels.tunnel() });
    expect(w.tunnels.tunnels).toHaveLength(started);
    expect(first.alive).toBe(started === 1);
    expect(w.link.process).toBe(w.tunnels.tunnel());
  });

  it('is replaced once where that is asked for while it runs', async () => {
    const w = world();
    w.link.replaceNext();
    await w.open();
    await w.open();
    expect(w.tunnels.tunnels).toHaveLength(1);
    w.link.replaceNext();
    await w.open();
    await w.open();
    expect(w.tunnels.tunnels.map(({ alive }) => alive)).toEqual([false, true]);
  });

  it.each([
    [{ code: 1, signal: null }, 'exit code 1'],
    [{ code: null, signal: null }, 'exit code ?'],
    [{ code: null, signal: 'SIGSEGV' }, 'SIGSEGV'],
  ])('that ends by itself is a failure: %j', async (exit, detail) => {
    const w = world();
    (await w.opened()).exit(exit);
    expect(w.ends).toEqual([{ code: 'tunnel-failed', detail }]);
    expect(w.link.failure).toEqual({ code: 'tunnel-failed', detail });
    expect(w.link.process).toBeNull();
    w.link.forgetFailure();
    expect(w.link.failure).toBeNull();
  });

  it('that said why before it ended ends for that', async () => {
    const w = world();
    const tunnel = await w.opened();
    const reason = { code: 'tls-certificate' } as const;
    tunnel.note({ kind: 'tls', version: 'TLSv1.3', cipher: 'AES' });
    expect(w.link.failure).toBeNull();
    tunnel.note({ kind: 'failed', reason });
    expect(w.link.failure).toEqual(reason);
    tunnel.exit({ code: 1, signal: null });
    expect(w.ends).toEqual([reason]);
    expect(w.notes.map(({ kind }) => kind)).toEqual(['tls', 'failed']);
  });

  it('that another has replaced is heard no more', async () => {
    const w = world();
    const first = await w.opened();
    await w.open({ ...A, port: 9_002 });
    first.note({ kind: 'failed', reason: { code: 'tcp-refused' } });
    expect(w.link.failure).toBeNull();
    expect(w.notes).toEqual([]);
    expect(w.ends).toEqual([]);
    expect(w.link.process).toBe(w.tunnels.tunnel());
  });

  it('that cannot be started is a reason, thrown or not', async () => {
    const w = world();
    w.tunnels.fails = new Error('EMFILE');
    expect(await w.open()).toEqual({ ok: false, reason: { code: 'tunnel-failed', detail: 'EMFILE' } });
    w.tunnels.fails = { code: 'tunnel-missing' };
    expect(await w.open()).toEqual({ ok: false, reason: { code: 'tunnel-missing' } });
    expect(w.link.process).toBeNull();
  });
});

describe('the end of a tunnel', () => {
  it('is known at once where there is none', async () => {
    const w = world();
    expect(await w.link.close()).toEqual({ gone: true, text: null });
    expect(await w.link.shut()).toEqual({ gone: true, text: null });
  });

  it.each<[FakeTunnel['stops'], number, boolean, string]>([
    ['stop', 0, true, 'stunnel, process 1'],
    ['ignores', 3_000, true, 'stunnel, process 1, by SIGKILL'],
    ['fails', 3_000, true, 'stunnel, process 1, by SIGKILL'],
    ['immortal', 6_000, false, 'stunnel, process 1 does not end'],
  ])('of one whose stop is %s takes %d ms', async (stops, ms, gone, text) => {
    const w = world();
    await w.opened(stops);
    let end: unknown = null;
    void w.link.close().then((ended) => {
      end = ended;
    });
    if (ms > 0) {
      await w.clock.advance(ms - 1);
      expect(end).toBeNull();
    }
    await w.clock.advance(ms > 0 ? 1 : 0);
    expect(end).toEqual({ gone, text });
    expect(w.link.process === null).toBe(gone);
    expect(w.ends).toEqual([]);
    expect(w.clock.waiting).toBe(0);
  });

  it('that did not come is tried again by the next call, and until then no other is opened', async () => {
    const w = world();
    const tunnel = await w.opened('immortal');
    const other = w.open({ ...A, port: 9_002 });
    await w.clock.advance(6_000);
    expect(await other).toEqual({
      ok: false,
      reason: { code: 'tunnel-failed', detail: 'stunnel, process 1 does not end' },
    });
    expect(w.tunnels.tunnels).toHaveLength(1);
    tunnel.stops = 'stop';
    expect(await w.link.shut()).toEqual({ gone: true, text: 'stunnel, process 1' });
  });
});

describe('shutting', () => {
  it('opens none any more', async () => {
    const w = world();
    await w.link.shut();
    expect(await w.open()).toBeNull();
    expect(w.tunnels.tunnels).toHaveLength(0);
  });

  it('gives up a start, which leaves nothing', async () => {
    const w = world();
    w.tunnels.holds = true;
    w.tunnels.obeys = true;
    const opening = w.open();
    await settle();
    expect(await w.link.shut()).toEqual({ gone: true, text: null });
    expect(await opening).toBeNull();
  });

  it('waits 3 s for a start that cannot be given up, and ends what came of it when it is called again', async () => {
    const w = world();
    w.tunnels.holds = true;
    const opening = w.open();
    await settle();
    let end: unknown = null;
    void w.link.shut().then((ended) => {
      end = ended;
    });
    await w.clock.advance(2_999);
    expect(end).toBeNull();
    await w.clock.advance(1);
    expect(end).toMatchObject({ gone: false, text: expect.stringContaining('stunnel') });
    w.tunnels.letGo();
    expect(await opening).toBeNull();
    expect(w.tunnels.alive()).toHaveLength(1);
    expect(await w.link.shut()).toEqual({ gone: true, text: 'stunnel, process 1' });
    expect(w.tunnels.alive()).toEqual([]);
  });
});
