import { join } from 'node:path';
import { readIfThere } from '../base/durable-file.ts';
import { messageOf } from '../base/errors.ts';
import { findConsole } from './console-file.ts';

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
  post(path: string, body: Readonly<Record<string, string>>, withinMs?: number): Promise<unknown>;
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
  const token = env['VFXLP_ADMIN_TOKEN'] || readToken(join(dataDir, 'admin-token'));
  const ask = async (method: string, path: string, body: string | null, withinMs: number): Promise<unknown> => {
    let response: Response;
    let text: string;
    try {
      response = await fetch(new URL(path, found.adminUrl), {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body === null ? {} : { 'content-type': 'application/json' }) },
        body,
        signal: AbortSignal.timeout(withinMs),
      });
      text = await response.text();
    } catch (error) {
      const late = error instanceof Error && error.name === 'TimeoutError';
      const why = late ? `has not answered within ${withinMs} ms` : `cannot be asked (${reasonOf(error)})`;
      throw new NoConsole(`The console (process ${found.pid}, ${found.adminUrl}) ${why}`);
    }
    const answer = parse(text);
    if (response.ok) return answer;
    throw new Refused(response.status, sentenceOf(answer) ?? `The console answered with HTTP status ${response.status}`);
  };
  return {
    url: found.adminUrl,
    pid: found.pid,
    get: (path, withinMs = ANSWER_WITHIN_MS) => ask('GET', path, null, withinMs),
    post: (path, body, withinMs = ANSWER_WITHIN_MS) => ask('POST', path, JSON.stringify(body), withinMs),
  };
}

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
