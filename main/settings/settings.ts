import { chmodSync, mkdirSync } from 'node:fs';
import { isIP } from 'node:net';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { isLoopback } from '../base/loopback.ts';
import { hasFileModes, systemFixLogDir } from '../base/platform.ts';
import { readOrCreateSecret } from '../base/secret-file.ts';
import { fail, ok, type Result } from '../contracts/result.ts';
import { defaultDataDir, isWritableFolder } from './data-folder.ts';
import { KeyOutOfReach, keyInFile } from './key-keeping.ts';

/** Settings of a console, from environment variables; design: each has a working default. */
export interface Settings {
  /** `VFXLP_DATABASE_URL`; null: the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  /** `VFXLP_DATABASE_OWNER_URL`: the schema is brought up to date with it; null: with databaseUrl. */
  readonly databaseOwnerUrl?: string | null;
  /** `VFXLP_NATS_URL`, ws:// or wss://; null: NATS off. */
  readonly natsUrl: string | null;
  /** `VFXLP_NATS_CREDENTIALS`, `VFXLP_NATS_NKEY`, `VFXLP_NATS_CA`: files, absolute; read for each connection. */
  readonly natsFiles?: { readonly credentials: string | null; readonly nkey: string | null; readonly ca: string | null };
  /** `VFXLP_DATA_DIR`, absolute. */
  readonly dataDir: string;
  /** `VFXLP_FIX_LOG_DIR`, absolute; holds one folder per provider. */
  readonly fixLogDir: string;
  /** `VFXLP_LOG_QUOTA_MB` and `VFXLP_LOG_DAYS`, of the logs of each LP; 0: no limit. */
  readonly logQuota: { readonly bytes: number; readonly days: number };
  /** `VFXLP_DICTIONARY_DIRS`, absolute: the dictionaries of LPs are read below these folders alone. */
  readonly dictionaryDirs: readonly string[];
  readonly adminHost: string;
  /** 0: any free port; null, `off`: nothing listens. */
  readonly adminPort: number | null;
  /** `VFXLP_ADMIN_NAMES`: further host names under which the port is reached. */
  readonly adminNames: readonly string[];
  /** `VFXLP_TLS_CERT` and `VFXLP_TLS_KEY`, PEM files; null: plain HTTP. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  /** `VFXLP_TRUSTED_PROXY`: addresses or networks whose X-Forwarded-For, -Proto and -Host are believed. */
  readonly trustedProxies: readonly string[];
  /** `VFXLP_REARM_BY_TWO`: a second operator must confirm that a kill is taken off. */
  readonly rearmByTwo: boolean;
  /** Bearer token of the admin API and the browser console. */
  readonly adminToken: string;
  /** `VFXLP_UPDATE_FEED`: where the packaged desktop looks for newer versions; null: nowhere. */
  readonly updateFeed?: string | null;
  /** `VFXLP_TAKEOVER`: whether a person is asked before this console takes over from one that has died. */
  readonly asksBeforeTakeOver: boolean;
  /** 32 bytes, for the passwords in the database. */
  readonly secretKey: Buffer;
}

export const DEFAULT_ADMIN_PORT = 8480;
const DEFAULT_LOG_QUOTA_MB = 5_120;
const DEFAULT_LOG_DAYS = 0;

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

const parts = (text: string): string[] => text.split(',').flatMap((part) => part.trim() || []);

const list = (part: RegExp, error: string) =>
  z
    .string()
    .transform(parts)
    .refine((all) => all.every((one) => part.test(one)), { error });

const pemFile = z.string().refine(isAbsolute, { error: 'must be the absolute path of a PEM file' });

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return most > 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}

const count = (max: number) => {
  const error = `must be a whole number from 0 (no limit) to ${max}`;
  return z
    .string()
    .regex(/^\d{1,10}$/, { error })
    .transform(Number)
    .refine((n) => n <= max, { error });
};

const environment = z.object({
  VFXLP_DATABASE_URL: z
    .string()
    .refine((text) => !namesSeveralHosts(text), { error: SEVERAL_HOSTS, abort: true })
    .pipe(url(['postgres:', 'postgresql:'], 'postgres://user:password@host:5432/database'))
    .optional(),
  VFXLP_DATABASE_OWNER_URL: url(['postgres:', 'postgresql:'], 'postgres://owner:password@host:5432/database').optional(),
  VFXLP_NATS_URL: url(['ws:', 'wss:'], 'ws://host:8080 (the websocket listener of the NATS server)').optional(),
  VFXLP_NATS_CREDENTIALS: z.string().optional(),
  VFXLP_NATS_NKEY: z.string().optional(),
  VFXLP_NATS_CA: z.string().optional(),
  VFXLP_DATA_DIR: z.string().optional(),
  VFXLP_FIX_LOG_DIR: z.string().optional(),
  VFXLP_LOG_QUOTA_MB: count(1_000_000_000).optional(),
  VFXLP_LOG_DAYS: count(36_500).optional(),
  VFXLP_DICTIONARY_DIRS: z
    .string()
    .transform((text) => text.split(delimiter).filter((folder) => folder !== ''))
    .refine((folders) => folders.every((folder) => isAbsolute(folder)), {
      error: `must be absolute paths of folders, separated by ${delimiter}`,
    })
    .optional(),
  VFXLP_ADMIN_HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:-]+$/, { error: 'must be a host name or an IP address without a port' })
    .optional(),
  VFXLP_ADMIN_PORT: z
    .string()
    .refine((text) => text === 'off' || (/^\d{1,5}$/.test(text) && Number(text) <= 65_535), {
      error: 'must be a number from 0 (any free port) to 65535, or off',
    })
    .transform((text) => (text === 'off' ? null : Number(text)))
    .optional(),
  VFXLP_ADMIN_NAMES: list(/^[A-Za-z0-9.-]+$/, 'must be host names without a port, separated by commas').optional(),
  VFXLP_TLS_CERT: pemFile.optional(),
  VFXLP_TLS_KEY: pemFile.optional(),
  VFXLP_TRUSTED_PROXY: z
    .string()
    .transform(parts)
    .refine((proxies) => proxies.every(isNetwork), {
      error: 'must be IP addresses, or networks such as 10.1.0.0/16, separated by commas',
    })
    .optional(),
  VFXLP_REARM_BY_TWO: z.enum(['yes', 'no'], { error: 'must be yes or no' }).optional(),
  VFXLP_ADMIN_TOKEN: z
    .string()
    .regex(/^[A-Za-z0-9_-]{16,}$/, { error: 'must have at least 16 characters out of A–Z a–z 0–9 _ -' })
    .optional(),
  VFXLP_SECRET_KEY: secretKey.optional(),
  VFXLP_KEYCHAIN: z.enum(['auto', 'off'], { error: 'must be auto or off' }).optional(),
  VFXLP_UPDATE_FEED: url(['https:'], 'https://host/folder (which holds latest.yml and the packages)').optional(),
  VFXLP_TAKEOVER: z.enum(['auto', 'ask'], { error: 'must be auto or ask' }).optional(),
});

/**
 * Reads the settings; creates the data folder, and in it the admin token and the secret key (mode 0600), when they are not given.
 * @param env  the process's environment; a variable that is empty counts as not set
 * @param keyOf  the text of the secret key that is kept for a data folder, by default in a file; is told whether a keychain is wanted. Throws a sentence
 * @returns a failure of kind user naming every variable that is wrong, or operational when a folder cannot be written
 */
export function readSettings(
  env: NodeJS.ProcessEnv,
  keyOf: (dataDir: string, wanted: boolean) => string = keyInFile,
): Result<Settings> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const message = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ');
    return fail('user', 'bad-setting', message, String(parsed.error.issues[0]?.path[0] ?? ''));
  }
  const values = parsed.data;
  const open = wayProblem(values);
  if (open !== null) return fail('user', 'bad-setting', open, 'VFXLP_ADMIN_HOST');
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
      databaseOwnerUrl: values.VFXLP_DATABASE_OWNER_URL ?? null,
      natsUrl: values.VFXLP_NATS_URL ?? null,
      natsFiles: {
        credentials: absolute(values.VFXLP_NATS_CREDENTIALS),
        nkey: absolute(values.VFXLP_NATS_NKEY),
        ca: absolute(values.VFXLP_NATS_CA),
      },
      dataDir,
      fixLogDir,
      logQuota: {
        bytes: (values.VFXLP_LOG_QUOTA_MB ?? DEFAULT_LOG_QUOTA_MB) * 1_048_576,
        days: values.VFXLP_LOG_DAYS ?? DEFAULT_LOG_DAYS,
      },
      updateFeed: values.VFXLP_UPDATE_FEED ?? null,
      asksBeforeTakeOver: values.VFXLP_TAKEOVER === 'ask',
      dictionaryDirs: values.VFXLP_DICTIONARY_DIRS ?? [ownFolder(join(dataDir, 'dictionaries'))],
      adminHost: values.VFXLP_ADMIN_HOST ?? '127.0.0.1',
      adminNames: values.VFXLP_ADMIN_NAMES ?? [],
      tls:
        values.VFXLP_TLS_CERT === undefined || values.VFXLP_TLS_KEY === undefined
          ? null
          : { certFile: values.VFXLP_TLS_CERT, keyFile: values.VFXLP_TLS_KEY },
      trustedProxies: values.VFXLP_TRUSTED_PROXY ?? [],
      rearmByTwo: values.VFXLP_REARM_BY_TWO === 'yes',
      adminPort: values.VFXLP_ADMIN_PORT === undefined ? DEFAULT_ADMIN_PORT : values.VFXLP_ADMIN_PORT,
      adminToken: values.VFXLP_ADMIN_TOKEN ?? readOrCreateSecret(join(dataDir, 'admin-token')),
      secretKey: values.VFXLP_SECRET_KEY ?? secretKey.parse(keyOf(dataDir, values.VFXLP_KEYCHAIN !== 'off')),
    });
  } catch (error) {
    if (error instanceof KeyOutOfReach) return fail('operational', 'secret-key', error.message, 'VFXLP_SECRET_KEY');
    const why = error instanceof z.ZodError ? `${join(dataDir, 'secret-key')} ${error.issues[0]?.message}` : String(error);
    return fail('operational', 'data-dir', `The data folder cannot be used: ${why}`, 'VFXLP_DATA_DIR');
  }
}

const absolute = (path: string | undefined): string | null => (path === undefined ? null : resolve(path));

/** The token, and what is done with it, go over no network in the clear. */
function wayProblem(values: z.output<typeof environment>): string | null {
  const { VFXLP_TLS_CERT: cert, VFXLP_TLS_KEY: key, VFXLP_TRUSTED_PROXY: proxies, VFXLP_ADMIN_HOST: host = '127.0.0.1' } = values;
  if ((cert === undefined) !== (key === undefined)) return 'VFXLP_TLS_CERT and VFXLP_TLS_KEY must be given together';
  if (isLoopback(host) || cert !== undefined || (proxies ?? []).length > 0) return null;
  return (
    `VFXLP_ADMIN_HOST ${host} is reached from other machines, and the port would speak plain HTTP: set VFXLP_TLS_CERT and ` +
    'VFXLP_TLS_KEY, or put a proxy that speaks TLS before it and name its address in VFXLP_TRUSTED_PROXY, or listen on 127.0.0.1'
  );
}

/** Nobody else lists or reads the folder. When root, its subfolder for PostgreSQL must stay reachable for the user that runs it. */
function closeToOthers(dataDir: string): void {
  if (hasFileModes()) chmodSync(dataDir, process.getuid?.() === 0 ? 0o711 : 0o700);
}

function ownFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

function fixLogFolder(given: string | undefined, dataDir: string): string | null {
  if (given !== undefined) return isWritableFolder(resolve(given)) ? resolve(given) : null;
  const ofSystem = systemFixLogDir();
  if (ofSystem !== null && isWritableFolder(ofSystem)) return ofSystem;
  const own = join(dataDir, 'fix');
  return isWritableFolder(own) ? own : null;
}
