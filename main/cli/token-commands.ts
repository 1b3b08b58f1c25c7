import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { ROLES, type Role, type TokenInfo } from '../contracts/identity.ts';
import type { Result } from '../contracts/result.ts';
import { AuditSpool } from '../database/audit-spool.ts';
import { readTokens, Tokens } from '../operations/tokens.ts';
import { lockDataFolder } from '../settings/console-lock.ts';
import { adminClient, adminPortIsOff, NoConsole, ownToken, Refused } from './admin-client.ts';
import { type Cli, EXIT } from './cli.ts';
import { findConsole } from './console-file.ts';
import { tableOf } from './table.ts';

const DAY_MS = 86_400_000;

/** The address of the browser console with the console's own token: the one place that prints it on request. */
export function tokenCommand(cli: Cli): number {
  const token = ownToken(cli.dataDir, cli.env);
  const found = findConsole(cli.dataDir);
  const url = found?.adminUrl == null ? null : `${found.adminUrl}/#token=${token}`;
  const none = found === null ? `No console runs on the data folder ${cli.dataDir}` : adminPortIsOff(found.pid);
  cli.result({ token, url }, url ?? `${token}\n${none}.`);
  return EXIT.done;
}

/** @param expiresInDays null: never */
export async function tokenCreate(cli: Cli, name: string, role: Role, expiresInDays: number | null): Promise<number> {
  const made = (await change(
    cli,
    {
      operation: 'token-create',
      detail: `${name}, ${role}, ${expiresInDays === null ? 'does not expire' : `${expiresInDays} days`}`,
    },
    (client) => client.post('/api/v1/tokens', { name, role, expiresInDays, actor: cli.actor }),
    (tokens) => tokens.create(name, role, expiresInDays === null ? null : Date.now() + expiresInDays * DAY_MS),
  )) as { readonly token: string; readonly info: TokenInfo };
  cli.say(`This is the token ${name}; it is not shown again.`);
  cli.result(made, made.token);
  return EXIT.done;
}

export async function tokenRevoke(cli: Cli, name: string): Promise<number> {
  await change(
    cli,
    { operation: 'token-revoke', detail: name },
    (client) => client.delete(`/api/v1/tokens/${encodeURIComponent(name)}?actor=${encodeURIComponent(cli.actor)}`),
    (tokens) => tokens.revoke(name),
  );
  cli.result({ revoked: name }, `${name} is revoked.`);
  return EXIT.done;
}

export async function tokenList(cli: Cli): Promise<number> {
  const { tokens } =
    findConsole(cli.dataDir) === null
      ? { tokens: stored(cli) }
      : await running(cli).then((client) => client.get('/api/v1/tokens') as Promise<{ tokens: readonly TokenInfo[] }>);
  const rows = tokens.map(({ name, role, createdAtMs, expiresAtMs }) => [
    name,
    role,
    day(createdAtMs) ?? '-',
    expiry(expiresAtMs),
  ]);
  cli.result({ tokens }, tableOf([['NAME', 'ROLE', 'MADE', 'EXPIRES'], ...rows]));
  return EXIT.done;
}

export const isRole = (text: string): text is Role => ROLES.some((role) => role === text);

const day = (atMs: number | null): string | null => (atMs === null ? null : new Date(atMs).toISOString().slice(0, 10));

function expiry(atMs: number | null): string {
  if (atMs === null) return 'never';
  return atMs <= Date.now() ? 'has expired' : (day(atMs) ?? '');
}

const running = async (cli: Cli) => adminClient(cli.dataDir, cli.env);

function stored({ dataDir }: Cli): readonly TokenInfo[] {
  return readTokens(join(dataDir, 'tokens.json')).map(({ hash: _hash, ...info }) => info);
}

/** By the console that runs; else in its file, as long as none can start. That is in the audit as soon as one does. */
async function change(
  cli: Cli,
  asked: { readonly operation: string; readonly detail: string },
  online: (client: ReturnType<typeof adminClient>) => Promise<unknown>,
  offline: (tokens: Tokens) => Result<unknown>,
): Promise<unknown> {
  const { dataDir } = cli;
  if (findConsole(dataDir) !== null) return online(await running(cli));
  let unlock: () => void;
  try {
    unlock = lockDataFolder(dataDir);
  } catch (error) {
    throw new NoConsole(`The console of ${dataDir} is starting or ending: try again`, { cause: error });
  }
  try {
    const done = offline(new Tokens(join(dataDir, 'tokens.json'), randomUUID(), systemClock));
    if (!done.ok) throw new Refused(409, done.error.message);
    const entry = { actor: cli.actor, source: 'system', from: hostname(), provider: null, reason: null, result: 'ok' } as const;
    await new AuditSpool(join(dataDir, 'audit-spool.jsonl')).append({
      id: randomUUID(),
      entry: { ...entry, ...asked, atMs: Date.now() },
    });
    return done.value;
  } finally {
    unlock();
  }
}
