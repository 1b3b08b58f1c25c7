import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineReport, EngineSettings } from '../../../main/contracts/engine-protocol.ts';
import { DEFAULT_SESSION } from '../../../main/contracts/lp-config.ts';
import { Engine } from '../../../main/engine/engine.ts';
import { rehearse } from '../../../main/engine/rehearsal.ts';
import { fix44 } from '../../../main/fix/codec/fix44.ts';

const ALL = 60 * 4 + 1;
const GENEROUS_MS = 60_000;
const OPTIONS = { supportedMsgTypes: null, neverResendMsgTypes: [] };

describe('rehearse', () => {
  const temporary = process.env['TMPDIR'];
  let home = '';
  let reports: EngineReport[] = [];
  const taken: string[] = [];

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'vfxlp-test-'));
    process.env['TMPDIR'] = home;
    reports = [];
    taken.length = 0;
  });
  afterEach(() => {
    if (temporary === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = temporary;
    rmSync(home, { recursive: true, force: true });
  });

  const settings = (session: Partial<EngineSettings['session']> = {}): EngineSettings => ({
    provider: 'LP',
    senderCompId: 'US',
    targetCompId: 'LP',
    heartBtInt: 30,
    session: { ...DEFAULT_SESSION, ...session },
    credentials: { username: 'desk', password: 'hunter2', newPassword: null, logonTags: [[9001, 'x']] },
    storeDir: join(home, 'real-store'),
    logDir: join(home, 'real-log'),
  });

  const play = (own: EngineSettings, limitMs: number): Promise<number> =>
    rehearse(
      (report) =>
        new Engine({
          report: (each) => {
            reports.push(each);
            report(each);
          },
          application: (message) => {
            taken.push(message.msgType);
            return null;
          },
          applicationOptions: OPTIONS,
          exit: () => undefined,
          rehearsedWith: fix44(),
        }),
      own,
      OPTIONS,
      fix44(),
      limitMs,
    );

  it('plays a whole session over a socket, whatever the LP wants of a Logon, and leaves nothing behind', async () => {
    const own = settings({
      senderSubId: 'DESK',
      resetOnLogon: true,
      sendNextExpected: true,
      sendingTimeThresholdMs: 1,
    });
    expect(await play(own, GENEROUS_MS)).toBe(ALL);
    expect(reports.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['ready', 'tcp-connected', 'logged-on', 'answer', 'disconnected']),
    );
    expect(reports.find((report) => report.type === 'disconnected')).toMatchObject({ wasLoggedOn: true, logoutAnswered: true });
    expect(taken.length).toBe(60 * 20);
    expect(new Set(taken)).toEqual(new Set(['W', '8']));
    expect(readdirSync(home)).toEqual([]);
    expect(existsSync(own.storeDir)).toBe(false);
  });

  it('gives every socket and timer back', async () => {
    const before = process.getActiveResourcesInfo();
    await play(settings(), GENEROUS_MS);
    const left = (): string[] => process.getActiveResourcesInfo().filter((kind) => /TCP|FSReq/.test(kind));
    await vi.waitFor(() => expect(left()).toEqual(before.filter((kind) => /TCP|FSReq/.test(kind))), 10_000);
  });

  it('keeps nobody from connecting when its time is up', async () => {
    expect(await play(settings(), 0)).toBeLessThan(2);
    expect(readdirSync(home)).toEqual([]);
  });

  it('is left out where there is no folder to play in', async () => {
    process.env['TMPDIR'] = join(home, 'nowhere');
    expect(await play(settings(), GENEROUS_MS)).toBe(0);
  });

  it('is left out where a loopback port cannot be had', async () => {
    const listen = vi.spyOn(createServer().constructor.prototype, 'listen').mockImplementation(function (this: unknown) {
      const server = this as ReturnType<typeof createServer>;
      queueMicrotask(() => server.emit('error', Object.assign(new Error('no'), { code: 'EMFILE', syscall: 'listen' })));
      return server;
    });
    try {
      expect(await play(settings(), GENEROUS_MS)).toBe(0);
      expect(readdirSync(home)).toEqual([]);
    } finally {
      listen.mockRestore();
    }
  });
});
