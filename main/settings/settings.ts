import { chmodSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { readOrCreateSecret } from '../base/secret-file.ts';
import { fail, ok, type Result } from '../contracts/result.ts';
import { defaultDataDir, isWritableFolder } from './data-folder.ts';

/** Settings of a console, from environment variables; design: each has a working default. */
export interface Settings {
  /** `VFXLP_DATABASE_URL`; null: the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  /** `VFXLP_NATS_URL`, ws:// or wss://; null: NATS off. */
  readonly natsUrl: string | null;
  /** `VFXLP_DATA_DIR`, absolute. */
  readonly dataDir: string;
  /** `VFXLP_FIX_LOG_DIR`, absolute; holds one folder per provider. */
  readonly fixLogDir: string;
  readonly adminHost: string;
  /** 0: any free port. */
  readonly adminPort: number;
  /** Bearer token of the admin API and the browser console. */
  readonly adminToken: string;
  /** `VFXLP_TAKEOVER`: whether a person is asked before this console takes over from one that has died. */
  readonly asksBeforeTakeOver: boolean;
  /** 32 bytes, for the passwords in the database. */
  readonly secretKey: Buffer;
}

export const DEFAULT_ADMIN_PORT = 8480;
const SYSTEM_FIX_LOG_DIR = '/var/log/vfxlp/fix';

const url = (protocols: readonly string[], example: string) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `must be a URL such as ${example}`,
  });

/** `pg` takes one host, and would leave the others out without a word. */
const SEVERAL_HOSTS =
  'must name one host: several hosts and target_session_attrs are not supported. Give the one address that follows the primary, such as a virtual IP, a TCP proxy, or a pooler in session mode';
const namesSeveralHosts = (text: string): boolean =>
  /^postgres(ql)?:\/\/([^/?#]*@)?[^/?#@]*,/.test(text) ||
  /[?&](target_session_attrs|load_balance_hosts)=/.test(text) ||
  /[?&](host|hostaddr|port)=[^&#]*(,|%2C)/i.test(text);

const secretKey = z
  .string()
  .transform((text) => (/^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64')))
  .refine((key) => key.length === 32, {
    error: 'must be 32 bytes, as 64 hexadecimal digits or in base64; `openssl rand -hex 32` makes one',
  });

const environment = z.object({
  VFXLP_DATABASE_URL: z
    .string()
    .refine((text) => !namesSeveralHosts(text), { error: SEVERAL_HOSTS, abort: true })
    .pipe(url(['postgres:', 'postgresql:'], 'postgres://user:password@host:5432/database'))
    .optional(),
  VFXLP_NATS_URL: url(['ws:', 'wss:'], 'ws://host:8080 (the websocket listener of the NATS server)').optional(),
  VFXLP_DATA_DIR: z.string().optional(),
  VFXLP_FIX_LOG_DIR: z.string().optional(),
  VFXLP_ADMIN_HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:-]+$/, { error: 'must be a host name or an IP address without a port' })
    .optional(),
  VFXLP_ADMIN_PORT: z
    .string()
    .regex(/^\d{1,5}$/, { error: 'must be a number from 0 (any free port) to 65535' })
    .transform(Number)
    .refine((port) => port <= 65_535, { error: 'must be a number from 0 (any free port) to 65535' })
    .optional(),
  VFXLP_ADMIN_TOKEN: z
    .string()
    .regex(/^[A-Za-z0-9_-]{16,}$/, { error: 'must have at least 16 characters out of A–Z a–z 0–9 _ -' })
    .optional(),
  VFXLP_SECRET_KEY: secretKey.optional(),
  VFXLP_TAKEOVER: z.enum(['auto', 'ask'], { error: 'must be auto or ask' }).optional(),
});

/**
 * Reads the settings; creates the data folder, and in it the admin token and the secret key (mode 0600), when they are not given.
 * @param env  the process's environment; a variable that is empty counts as not set
 * @returns a failure of kind user naming every variable that is wrong, or operational when a folder cannot be written
 */
export function readSettings(env: NodeJS.ProcessEnv): Result<Settings> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const message = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ');
    return fail('user', 'bad-setting', message, String(parsed.error.issues[0]?.path[0] ?? ''));
  }
  const values = parsed.data;
  const dataDir = resolve(values.VFXLP_DATA_DIR ?? defaultDataDir(env));
  if (!isWritableFolder(dataDir)) {
    const message = `The data folder ${dataDir} cannot be created or written: set VFXLP_DATA_DIR to a folder that this user may write`;
    return fail('operational', 'data-dir', message, 'VFXLP_DATA_DIR');
  }
  const fixLogDir = fixLogFolder(values.VFXLP_FIX_LOG_DIR, dataDir);
  if (fixLogDir === null) {
    const message = `VFXLP_FIX_LOG_DIR ${values.VFXLP_FIX_LOG_DIR} cannot be created or written by this user`;
    return fail('operational', 'fix-log-dir', message, 'VFXLP_FIX_LOG_DIR');
  }
  try {
    closeToOthers(dataDir);
    return ok({
      databaseUrl: values.VFXLP_DATABASE_URL ?? null,
      natsUrl: values.VFXLP_NATS_URL ?? null,
      dataDir,
      fixLogDir,
      asksBeforeTakeOver: values.VFXLP_TAKEOVER === 'ask',
      adminHost: values.VFXLP_ADMIN_HOST ?? '127.0.0.1',
      adminPort: values.VFXLP_ADMIN_PORT ?? DEFAULT_ADMIN_PORT,
      adminToken: values.VFXLP_ADMIN_TOKEN ?? readOrCreateSecret(join(dataDir, 'admin-token')),
      secretKey: values.VFXLP_SECRET_KEY ?? secretKey.parse(readOrCreateSecret(join(dataDir, 'secret-key'))),
    });
  } catch (error) {
    const why = error instanceof z.ZodError ? `${join(dataDir, 'secret-key')} ${error.issues[0]?.message}` : String(error);
    return fail('operational', 'data-dir', `The data folder cannot be used: ${why}`, 'VFXLP_DATA_DIR');
  }
}

/** Nobody else lists or reads the folder. When root, its subfolder for PostgreSQL must stay reachable for the user that runs it. */
function closeToOthers(dataDir: string): void {
  if (process.platform !== 'win32') chmodSync(dataDir, process.getuid?.() === 0 ? 0o711 : 0o700);
}

function fixLogFolder(given: string | undefined, dataDir: string): string | null {
  if (given !== undefined) return isWritableFolder(resolve(given)) ? resolve(given) : null;
  if (process.platform !== 'win32' && isWritableFolder(SYSTEM_FIX_LOG_DIR)) return SYSTEM_FIX_LOG_DIR;
  const own = join(dataDir, 'fix');
  return isWritableFolder(own) ? own : null;
}
