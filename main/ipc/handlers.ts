import type { Args, RequestChannel, Value } from '../contracts/ipc.ts';
import { ok, type Result } from '../contracts/result.ts';
import type { ConsoleFeed } from '../operations/console-feed.ts';
import { kill, killAll, rearm } from '../operations/kill.ts';
import { createLp, deleteLp, saveLp } from '../operations/lp-configuration.ts';
import { activate, deactivate, restart, takeOver } from '../operations/lp-life.ts';
import type { OperationDeps } from '../operations/operation.ts';
import { auditRows, incident, incidentList, lpConfig, timeline } from '../operations/queries.ts';
import { resendRequest, resetSequence, setSequence, testRequest } from '../operations/sequence.ts';
import type { Connection } from './connection.ts';
import type { DecodeMessage } from './ports.ts';

export type Handlers = {
  readonly [C in RequestChannel]: (connection: Connection, args: Args<C>) => Promise<Result<Value<C>>>;
};

/** Binds every request channel to its operation; a channel that is missing here does not compile. */
export function createHandlers(deps: OperationDeps, feed: Pick<ConsoleFeed, 'snapshot'>, decode: DecodeMessage): Handlers {
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
    'fixlog.open': (connection, { provider, lines }) => connection.openTail(provider, lines),
    'fixlog.close': async (connection, { provider }) => {
      await connection.closeTail(provider);
      return ok(null);
    },
    'fixlog.decode': async (_connection, { provider, text }) => ok(await decode(provider, text)),
    'audit.list': (_connection, args) => auditRows(deps, args),
    'incident.list': (_connection, args) => incidentList(deps, args),
    'incident.get': (_connection, args) => incident(deps, args),
  };
}
