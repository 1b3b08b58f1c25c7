import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineSettings } from '../contracts/engine-protocol.ts';
import type { LpConfig, LpCredentials } from '../contracts/lp-config.ts';
import type { LpRecord } from '../contracts/lp-record.ts';
import { compIdsOf } from '../contracts/session-identity.ts';
import type { Settings } from '../settings/settings.ts';

/**
 * All that an engine is told of its LP, of itself and of its folders. That of its store is made here, that of its logs by who writes them.
 *
 * @param logSocket of the process that writes the logs
 * @param records the rows that there are
 * @throws the file system's error when a folder cannot be made
 */
export function engineSettings(
  { dataDir, fixLogDir, dictionaryDirs }: Settings,
  config: LpConfig,
  credentials: LpCredentials,
  records: readonly LpRecord[],
  logSocket: string,
): EngineSettings {
  return {
    provider: config.provider,
    senderCompId: config.senderCompId,
    targetCompId: config.targetCompId,
    heartBtInt: config.heartBtInt,
    session: config.session,
    credentials,
    storeDir: folder(dataDir, 'store'),
    ...heirsOf(config, records),
    logDir: join(fixLogDir, config.provider),
    logSocket,
    dictionaryDirs,
  };
}

/** The file of the dictionary of an LP's dialect; null: FIX 4.4. */
export function dictionaryOf(records: readonly LpRecord[], provider: string): string | null {
  const config = records.find((record) => record.provider === provider)?.config;
  return config?.valid === true ? config.value.session.dictionaryFile : null;
}

function folder(...parts: readonly string[]): string {
  const path = join(...parts);
  mkdirSync(path, { recursive: true });
  return path;
}

/** The row and the others that there are of its FIX session, to which its message store goes over. */
function heirsOf(config: LpConfig, records: readonly LpRecord[]): Pick<EngineSettings, 'row'> {
  const id = records.find(({ provider }) => provider === config.provider)?.rowId ?? null;
  if (id === null) return {};
  const session = compIdsOf(config);
  const others = records.filter((record) => record.config.valid && compIdsOf(record.config.value) === session);
  return { row: { id, heirs: [id, ...others.flatMap(({ rowId }) => rowId ?? [])] } };
}
