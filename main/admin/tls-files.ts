import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { withRegularFile } from '../base/regular-file.ts';
import type { Log } from '../operations/ports.ts';

/** PEM files. */
export interface TlsFiles {
  /** Certificate, with those between it and its authority behind it. */
  readonly certFile: string;
  readonly keyFile: string;
}

interface Loaded {
  readonly version: string;
  readonly cert: Buffer;
  readonly key: Buffer;
}

const MAX_BYTES = 1024 * 1024;
const LOOK_EVERY_MS = 5_000;

/** Rejects with a sentence that names the file at fault, or says that they do not belong together */
export async function loadTls({ certFile, keyFile }: TlsFiles): Promise<Loaded> {
  const cert = await pem('VFXLP_TLS_CERT', certFile);
  const key = await pem('VFXLP_TLS_KEY', keyFile);
  try {
    createSecureContext({ cert: cert.bytes, key: key.bytes });
  } catch (error) {
    throw new Error(`VFXLP_TLS_CERT ${certFile} and VFXLP_TLS_KEY ${keyFile} cannot be used together: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return { version: `${cert.version} ${key.version}`, cert: cert.bytes, key: key.bytes };
}

async function pem(variable: string, path: string): Promise<{ readonly version: string; readonly bytes: Buffer }> {
  try {
    return await withRegularFile(path, { folders: null, maxBytes: MAX_BYTES }, async ({ version, read }) => ({
      version,
      bytes: await read(),
    }));
  } catch (error) {
    throw new Error(`${variable} ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * New connections get what the files hold now: looked at every 5 s. What cannot be used, as while only one of them has been replaced, is told
 * once, and the server goes on with what it has.
 *
 * @returns ends it
 */
export function renewTls(server: Server, files: TlsFiles, loaded: Loaded, clock: Clock, log: Log): () => void {
  let current = loaded.version;
  let said = '';
  let ended = false;
  const look = async (): Promise<void> => {
    try {
      const found = await loadTls(files);
      if (!ended && found.version !== current) {
        server.setSecureContext({ cert: found.cert, key: found.key });
        current = found.version;
        log.warn({ certFile: files.certFile }, 'The admin port uses the new certificate');
      }
      said = '';
    } catch (err) {
      if (messageOf(err) !== said) log.error({ err }, 'The new certificate of the admin port cannot be used; the old one stays');
      said = messageOf(err);
    }
    if (!ended) lookLater();
  };
  let cancel = (): void => undefined;
  const lookLater = (): void => {
    cancel = clock.after(LOOK_EVERY_MS, () => void look());
  };
  lookLater();
  return () => {
    ended = true;
    cancel();
  };
}
