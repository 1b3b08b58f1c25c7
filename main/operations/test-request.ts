import type { Actor } from '../contracts/audit.ts';
import type { Args } from '../contracts/ipc.ts';
import type { Result } from '../contracts/result.ts';
import { audited, type OperationDeps } from './operation.ts';

/** Sends a TestRequest(1) now. Fails while not logged on. */
export function testRequest(deps: OperationDeps, actor: Actor, { provider }: Args<'lp.test-request'>): Promise<Result<null>> {
  const asked = { operation: 'test-request', provider, reason: null };
  return audited(deps, actor, asked, null, () => deps.control.testRequest(provider));
}
