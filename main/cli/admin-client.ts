import { join } from 'node:path';
import { readIfThere } from '../base/durable-file.ts';
import { messageOf } from '../base/errors.ts';
import { findConsole } from './console-file.ts';
import { pinnedFetch } from './pinned-fetch.ts';

/** The console does not answer, or there is none. */
export class NoConsole extends Error {
  override readonly name = 'NoConsole';
}

/** The console answered that it will not. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface AdminClient {
  readonly url: string;
  readonly pid: number;
  /** @throws NoConsole, when it has not answered within `withinMs`, or Refused with its sentence */
  get(path: string, withinMs?: number): Promise<unknown>;
  post(path: string, body: Readonly<Record<string, unknown>>, withinMs?: number): Promise<unknown>;
  delete(path: string): Promise<unknown>;
}

const ANSWER_WITHIN_MS = 5_000;

/**
 * The admin API of the console that runs on a data folder.
 *
 * @throws NoConsole when none runs, or its token cannot be read
 */
export function adminClient(dataDir: string, env: NodeJS.ProcessEnv): AdminClient {
  const found = findConsole(dataDir);
  if (found === null) throw new NoConsole(`No console runs on the data folder ${dataDir}`);
  const { adminUrl } = found;
  if (adminUrl === null) throw new NoConsole(adminPortIsOff(found.pid));
  const token = ownToken(dataDir, env);
  const ask = async (method: string, path: string, body: string | null, withinMs: number): Promise<unknown> => {
    let answered: { readonly status: number; readonly text: string };
    try {
      const url = new URL(path, adminUrl);
      const headers = { authorization: `Bearer ${token}`, ...(body === null ? {} : { 'content-type': 'application/json' }) };
      const asked = { method, headers, body, signal: AbortSignal.timeout(withinMs) };
      answered =
        url.protocol === 'https:' && found.certFile !== null
          ? await pinnedFetch(url, found.certFile, asked)
          : await plain(url, asked);
    } catch (error) {
      const late = isTimeout(error);
      const why = late ? `has not answered within ${withinMs} ms` : `cannot be asked (${reasonOf(error)})`;
      throw new NoConsole(`The console (process ${found.pid}, ${adminUrl}) ${why}`);
    }
    const { status, text } = answered;
    const answer = parse(text);
    if (status >= 200 && status < 300) return answer;
    throw new Refused(status, sentenceOf(answer) ?? `The console answered with HTTP status ${status}`);
  };
  return {
    url: adminUrl,
    pid: found.pid,
    get: (path, withinMs = ANSWER_WITHIN_MS) => ask('GET', path, null, withinMs),
    post: (path, body, withinMs = ANSWER_WITHIN_MS) => ask('POST', path, JSON.stringify(body), withinMs),
    delete: (path) => ask('DELETE', path, null, ANSWER_WITHIN_MS),
  };
}

/** What a person can do all the same. */
export const adminPortIsOff = (pid: number): string =>
  `The admin port of the console (process ${pid}) is off (VFXLP_ADMIN_PORT): use its window, or start it with the port on. ` +
  'vfxlp kill works all the same: it latches on the disk and ends engines and tunnels itself';

async function plain(url: URL, asked: RequestInit): Promise<{ status: number; text: string }> {
  const response = await fetch(url, asked);
  return { status: response.status, text: await response.text() };
}

/** An abort for its time has it as its cause. */
const isTimeout = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'TimeoutError' || (error.cause instanceof Error && error.cause.name === 'TimeoutError'));

/** The console's own token. @throws NoConsole when it cannot be read */
export const ownToken = (dataDir: string, env: NodeJS.ProcessEnv): string =>
  env['VFXLP_ADMIN_TOKEN'] || readToken(join(dataDir, 'admin-token'));

function readToken(path: string): string {
  let token: string | null;
  try {
    token = readIfThere(path);
  } catch (error) {
    throw new NoConsole(`The token in ${path} cannot be read: ${messageOf(error)}. Run vfxlp as the console's user`);
  }
  if (token !== null) return token.trim();
  throw new NoConsole(`There is no token in ${path}: set VFXLP_ADMIN_TOKEN to the one that the console was started with`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function sentenceOf(answer: unknown): string | null {
  if (typeof answer !== 'object' || answer === null) return null;
  if ('message' in answer && typeof answer.message === 'string') return answer.message;
  return 'error' in answer ? sentenceOf(answer.error) : null;
}
