import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProviderLogs } from '../../../main/logs/provider-logs.ts';
import { RotatingLog } from '../../../main/logs/rotating-log.ts';
import { startLogs } from '../../support/log-server.ts';

/** "Noticed within 10 s." */
const WITHIN = { timeout: 10_000, interval: 50 };

let home = '';
let dir = '';
let told: string[] = [];
let log: RotatingLog;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'vfxlp-logs-'));
  dir = join(home, 'LP-X');
  told = [];
  log = new RotatingLog({
    dir,
    name: 'events',
    maxBytes: 1e6,
    keep: 3,
    onError: ({ message }) => told.push(`error ${message}`),
    onNote: (text) => told.push(text),
  });
});
afterEach(async () => {
  await log.close();
  rmSync(home, { recursive: true });
});

const text = (path = join(dir, 'events.log')): string => readFileSync(path, { encoding: 'utf8', flag: 'a+' });
const written = async (line: string): Promise<void> => {
  log.write(line);
  await expect.poll(() => text()).toContain(line);
};

describe('a log of the console while somebody takes its file away', () => {
  for (const [what, take] of [
    ['folder is removed', () => rmSync(dir, { recursive: true })],
    ['file is deleted', () => rmSync(join(dir, 'events.log'))],
  ] as const) {
    it(`begins anew when the ${what}, also while nothing is written, and says so once`, async () => {
      await written('one');
      take();
      await expect.poll(() => told, WITHIN).toEqual([expect.stringMatching(/events\.log was deleted while it was written/)]);
      await written('two');
      expect(text()).toBe('two\n');
      expect(told).toHaveLength(1);
    });
  }

  it('goes on in a new file when its file is moved away, and loses nothing', async () => {
    await written('one');
    const moved = join(dir, 'events.log.1');
    renameSync(join(dir, 'events.log'), moved);
    log.write('two');
    await expect.poll(() => told, WITHIN).toEqual([expect.stringMatching(/moved away/)]);
    await written('three');
    expect([text(moved), text()]).toEqual(['one\ntwo\n', 'three\n']);
  });

  it('leaves no hole when its file is cut short under it', async () => {
    await written('one');
    truncateSync(join(dir, 'events.log'), 0);
    await written('two');
    expect(text()).toBe('two\n');
  });

  it('tries again where the folder cannot be made, counts what it lost, and says both once', async () => {
    await written('one');
    rmSync(dir, { recursive: true });
    writeFileSync(dir, 'a file in the place of the folder');
    await expect.poll(() => told, WITHIN).toEqual([expect.stringMatching(/^error /)]);
    for (const line of ['lost', 'lost', 'lost']) log.write(line);
    expect(told).toHaveLength(1);
    rmSync(dir);
    await expect.poll(() => told, WITHIN).toEqual([expect.anything(), expect.stringMatching(/written again/)]);
    await written('two');
    // The folder may be free again before the last lines were tried: each is in the file or counted, whichever came first.
    const kept = text()
      .split('\n')
      .filter((line) => line === 'lost').length;
    expect(kept + Number(/without (\d+) lines/.exec(told[1] ?? '')?.[1] ?? 0)).toBe(3);
    expect(text()).toBe(`${'lost\n'.repeat(kept)}two\n`);
  });
});

describe('a log of the console', () => {
  it('begins a line of its own behind the half line of a process that was ended', async () => {
    mkdirSync(dir);
    writeFileSync(join(dir, 'events.log'), '{"text":"who');
    await written('next');
    expect(text()).toBe('{"text":"who\nnext\n');
  });

  it('has whole lines only on a disk that is full, and goes on when there is room again', () => {
    const program = fileURLToPath(new URL('./write-until-full.ts', import.meta.url));
    const ran = spawnSync('bash', ['-c', `ulimit -S -f 40; exec "${process.execPath}" "${program}" "${dir}"`], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect(ran.stderr).toBe('');
    const { lines, told: said } = JSON.parse(ran.stdout) as { lines: number; told: string[] };
    expect(said).toEqual([expect.stringContaining('EFBIG'), expect.stringMatching(/written again, without \d+ lines/)]);
    const got = text().trimEnd().split('\n');
    expect(got.filter((line) => !/^\d+ x{100}$/.test(line))).toEqual([]);
    expect(got.length + Number(/without (\d+) lines/.exec(said[1] ?? '')?.[1])).toBe(lines);
  });
});

describe('the logs of a provider', () => {
  it('have one line of one event and of one line of stunnel, whatever an LP has put into it', async () => {
    const server = await startLogs(home);
    const logs = new ProviderLogs({
      socket: server.socket,
      onError: ({ message }) => told.push(message),
      onNote: (note) => told.push(note),
    });
    const forged = 'a\n{"level":"info","text":"forged"}\r\u001b[2J\u009b31m\u202egro.evil\u2066\u{e0041}';
    logs.write({
      n: 1,
      provider: 'LP-X',
      atMs: 0,
      event: 'Reject',
      level: 'alarm',
      direction: 'in',
      text: forged,
      seqIn: 1,
      seqOut: 1,
    });
    const tunnel = logs.openTunnelLog('LP-X');
    tunnel.write(`CERT: Subject checks failed: CN=${forged}`);
    await logs.close();
    await server.close();
    for (const name of ['events', 'tunnel']) {
      const file = text(join(dir, `${name}.log`));
      expect(file.match(/\n/g), name).toHaveLength(1);
      expect(file.trimEnd(), name).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
    expect(JSON.parse(text())).toMatchObject({ text: forged });
    expect(told).toEqual([]);
  });
});
