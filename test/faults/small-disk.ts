import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

const LEFT_BLOCKS = 256;

/** A disk of its own, which can be full. */
export interface SmallDisk {
  readonly path: string;
  /** Takes all that is free. */
  fill(): Promise<void>;
  empty(): void;
  remove(): void;
}

/** A disk that can hang: who writes to it, or syncs it, waits until it is thawed. */
export interface HangingDisk {
  readonly path: string;
  freeze(): void;
  thaw(): void;
  /** As the system does with a disk that fails: it takes no write any more, also of files that are open. */
  failReadOnly(): void;
  /** After `failReadOnly`: checked, and mounted again in its place with what is on it. */
  repair(): void;
  /** Takes it away; what is in the same place after that can be written. */
  detach(): void;
  remove(): void;
}

/** @returns why there can be none, in words: no loop device, no mkfs, or this user may not mount */
export function mountHangingDisk(megabytes: number): HangingDisk | string {
  const path = mkdtempSync(join(tmpdir(), 'vfxlp-disk-'));
  const image = `${path}.image`;
  const repaired = `${path}.repaired.image`;
  let frozen = false;
  const run = (...[program = '', ...args]: readonly string[]): string =>
    execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe' });
  const thaw = (): void => {
    if (frozen) run('fsfreeze', '--unfreeze', path);
    frozen = false;
  };
  let mounted = true;
  const detach = (): void => {
    if (mounted) run('umount', '-l', path);
    mounted = false;
  };
  const removeFiles = (): void => {
    rmSync(path, { recursive: true });
    for (const file of [image, repaired]) rmSync(file, { force: true });
  };
  try {
    writeFileSync(image, '');
    truncateSync(image, megabytes * 1_048_576);
    run('mkfs.ext4', '-q', '-e', 'remount-ro', image);
    run('mount', '-o', 'loop', image, path);
  } catch (error) {
    removeFiles();
    return `no disk that can hang: ${error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error)}`;
  }
  return {
    path,
    freeze: () => {
      run('fsfreeze', '--freeze', path);
      frozen = true;
    },
    thaw,
    failReadOnly: () => {
      // The mount fails, for the disk has: that is what is wanted.
      try {
        run('mount', '-o', 'remount,abort', path);
      } catch (error) {
        if (!/read-only|mount point not mounted or bad option/i.test(String(error))) throw error;
      }
    },
    repair: () => {
      detach();
      // 1: it has corrected what there was to correct.
      // A copy: who has files open on the old one keeps its device, which a mount of the same image would share.
      copyFileSync(image, repaired);
      const { status, stdout } = spawnSync('e2fsck', ['-fy', repaired], { encoding: 'utf8' });
      if (status !== 0 && status !== 1) throw new Error(`the disk cannot be repaired: ${stdout}`);
      run('mount', '-o', 'loop', repaired, path);
      mounted = true;
    },
    detach,
    remove: () => {
      thaw();
      detach();
      removeFiles();
    },
  };
}

/** @returns why there can be none, in words, where this user may not mount */
export function mountSmallDisk(megabytes: number): SmallDisk | string {
  const path = mkdtempSync(join(tmpdir(), 'vfxlp-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=711`, 'none', path], { stdio: 'pipe' });
  } catch (error) {
    rmSync(path, { recursive: true });
    return `no disk of its own: ${error instanceof Error ? error.message.trim() : String(error)}`;
  }
  chmodSync(path, 0o711);
  const ballast = join(path, 'ballast');
  return {
    path,
    fill: async () => {
      const { bavail, bsize } = statfsSync(path);
      // By another process: LPs live in this one. Others may write meanwhile, so that the last of it is taken bit by bit.
      const most = (bavail - LEFT_BLOCKS) * bsize;
      if (most > 0) await execFileAsync('fallocate', ['-l', String(most), ballast]);
      for (;;) {
        const { bavail, bsize } = statfsSync(path);
        if (bavail === 0) return;
        try {
          writeFileSync(ballast, Buffer.alloc(Math.min(bavail * bsize, 1_048_576)), { flag: 'a' });
        } catch (error) {
          if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return;
          throw error;
        }
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    remove: () => {
      execFileSync('umount', ['-l', path], { stdio: 'pipe' });
      rmSync(path, { recursive: true });
    },
  };
}
