import { mkdir, open, rename } from 'node:fs/promises';
import type { KillLatch } from '../contracts/lp-record.ts';
import { latchFile, latchText, readLatches } from '../sessions/kill/latch-file.ts';

/**
 * Latches LPs on the disk of a console that does not answer: durable when it resolves, read by the console when it looks next or starts.
 * Without a thread of ours waiting for the disk, so that processes can be ended although it hangs.
 *
 * @throws Error with a sentence when the file that is there is damaged, or the file system's error
 */
export async function latchFromOutside(dataDir: string, providers: readonly string[], latch: KillLatch): Promise<void> {
  const latches = new Map(Object.entries(readLatches(latchFile(dataDir))));
  // The first incident is the one that a re-arm has to name.
  for (const provider of providers) if (!latches.has(provider)) latches.set(provider, latch);
  await mkdir(dataDir, { recursive: true });
  const path = latchFile(dataDir);
  const aside = `${path}.vfxlp-${process.pid}`;
  const file = await open(aside, 'w', 0o600);
  try {
    await file.writeFile(latchText(Object.fromEntries(latches)));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, path);
  const folder = await open(dataDir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Whether each of them is latched on the disk; a console that was only slow may have written meanwhile. */
export function areLatched(dataDir: string, providers: readonly string[]): boolean {
  const latches = readLatches(latchFile(dataDir));
  return providers.every((provider) => Object.hasOwn(latches, provider));
}
