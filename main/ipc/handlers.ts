import type { Args, RequestChannel, Value } from '../contracts/ipc.ts';
import { ok, type Result } from '../contracts/result.ts';
import type { ConsoleFeed } from '../operations/console-feed.ts';
import { kill, killAll, rearm } from '../operations/kill.ts';
import { createLp, deleteLp, saveLp } from '../operations/lp-configuration.ts';
import { activate, deactivate, restart, takeOver } from '../operations/lp-life.ts';
import { type OperationDeps, unknownProvider } from '../operations/operation.ts';
import { auditRows, incident, incidentList, lpConfig, timeline } from '../operations/queries.ts';
import { discardRefused, refusedWrites, retryRefused } from '../operations/refused-writes.ts';
import { resendRequest, resetSequence, setSequence, testRequest } from '../operations/sequence.ts';
import { createToken, listTokens, revokeToken } from '../operations/token-admin.ts';
import type { Tokens } from '../operations/tokens.ts';
import type { Connection } from './connection.ts';
import type { DecodeMessage } from './ports.ts';

export type Handlers = {
  readonly [C in RequestChannel]: (connection: Connection, args: Args<C>) => Promise<Result<Value<C>>>;
};

const unknown = (provider: string) => ({ ok: false, error: unknownProvider(provider) }) as const;

/** Binds every request channel to its operation; a channel that is missing here does not compile. */
export function createHandlers(
  deps: OperationDeps,
  feed: Pick<ConsoleFeed, 'snapshot'>,
  decode: DecodeMessage,
  tokens: Tokens,
): Handlers {
  return {
    'console.snapshot': async () => ok(feed.snapshot()),
    'lp.config': (_connection, args) => lpConfig(deps, args),
    'lp.create': ({ actor }, args) => createLp(deps, actor, args),
    'lp.save': ({ actor }, args) => saveLp(deps, actor, args),
    'lp.delete': ({ actor }, args) => deleteLp(deps, actor, args),
    'lp.activate': ({ actor }, args) => activate(deps, actor, args),
    'lp.deactivate': ({ actor }, args) => deactivate(deps, actor, args),
    'lp.restart': ({ actor }, args) => restart(deps, actor, args),
    'lp.kill': ({ actor }, args) => kill(deps, actor, args),
    'lp.kill-all': ({ actor }, args) => killAll(deps, actor, args),
    'lp.rearm': ({ actor }, args) => rearm(deps, actor, args),
    'lp.take-over': ({ actor }, args) => takeOver(deps, actor, args),
    'lp.set-sequence': ({ actor }, args) => setSequence(deps, actor, args),
    'lp.reset-sequence': ({ actor }, args) => resetSequence(deps, actor, args),
    'lp.test-request': ({ actor }, args) => testRequest(deps, actor, args),
    'lp.resend-request': ({ actor }, args) => resendRequest(deps, actor, args),
    'lp.timeline': (_connection, args) => timeline(deps, args),
    'fixlog.open': async (connection, { provider, lines, filter }) =>
      deps.control.view(provider) === null ? unknown(provider) : connection.openTail(provider, lines, filter),
    'fixlog.close': async (connection, { provider }) => {
      await connection.closeTail(provider);
      return ok(null);
    },
    'fixlog.decode': async (connection, { provider, text }) =>
      deps.control.view(provider) === null ? unknown(provider) : decode(connection, provider, text),
    'token.list': async ({ actor }) => listTokens(actor, tokens),
    'token.create': ({ actor }, args) => createToken(deps, tokens, actor, args),
    'token.revoke': ({ actor }, { name }) => revokeToken(deps, tokens, actor, name),
    'audit.list': (_connection, args) => auditRows(deps, args),
    'incident.list': (_connection, args) => incidentList(deps, args),
    'incident.get': (_connection, args) => incident(deps, args),
    'refused.list': () => refusedWrites(deps),
    'refused.retry': ({ actor }, args) => retryRefused(deps, actor, args),
    'refused.discard': ({ actor }, args) => discardRefused(deps, actor, args),
  };
}
