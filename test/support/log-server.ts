import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../main/base/clock.ts';
import { LogProcess } from '../../main/logs/log-process.ts';
import type { LogQuota } from '../../main/logs/log-quota.ts';
import { forkHelper } from '../../main/sessions/fork-helper.ts';

/** The process that writes the logs, from source: Node runs it as it is. */
export const LOG_SERVER = forkHelper(fileURLToPath(new URL('../../main/logs/server/log-server.ts', import.meta.url)));

/** It, for one test. */
export interface TestLogs {
  readonly process: LogProcess;
  readonly socket: string;
  /** What it has told, of providers and of itself. */
  readonly told: readonly string[];
  close(): Promise<void>;
}

/**
 * Resolves when it listens.
 *
 * @param logDir holds one folder per provider
 */
export async function startLogs(logDir: string, quota: LogQuota = { bytes: 0, days: 0 }): Promise<TestLogs> {
  const dataDir = mkdtempSync(join(tmpdir(), 'vfxlp-log-server-'));
  const told: string[] = [];
  const process = new LogProcess({
    start: LOG_SERVER,
    dataDir,
    logDir,
    quota,
    clock: systemClock,
    tell: (provider, kind, text) => told.push(`${provider} ${kind} ${text}`),
    onNote: (text) => told.push(text),
  });
  while (!existsSync(process.socket)) await setTimeout(10);
  return {
    process,
    socket: process.socket,
    told,
    close: async () => {
      await process.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
