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

/** @throws Error with a sentence that names the file at fault, or says that they do not belong together */
export function loadTls({ certFile, keyFile }: TlsFiles): Loaded {
  const [cert, key] = [pem('VFXLP_TLS_CERT', certFile), pem('VFXLP_TLS_KEY', keyFile)];
  try {
    createSecureContext({ cert: cert.bytes, key: key.bytes });
  } catch (error) {
    throw new Error(`VFXLP_TLS_CERT ${certFile} and VFXLP_TLS_KEY ${keyFile} cannot be used together: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return { version: `${cert.version} ${key.version}`, cert: cert.bytes, key: key.bytes };
}

function pem(variable: string, path: string): { readonly version: string; readonly bytes: Buffer } {
  try {
    return withRegularFile(path, { folders: null, maxBytes: MAX_BYTES }, ({ version, read }) => ({ version, bytes: read() }));
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
  const look = (): void => {
    try {
      const found = loadTls(files);
      if (found.version !== current) {
        server.setSecureContext({ cert: found.cert, key: found.key });
        current = found.version;
        log.warn({ certFile: files.certFile }, 'The admin port uses the new certificate');
      }
      said = '';
    } catch (err) {
      if (messageOf(err) !== said) log.error({ err }, 'The new certificate of the admin port cannot be used; the old one stays');
      said = messageOf(err);
    }
    cancel = clock.after(LOOK_EVERY_MS, look);
  };
  let cancel = clock.after(LOOK_EVERY_MS, look);
  return () => cancel();
}
