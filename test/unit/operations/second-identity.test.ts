import { beforeEach, expect, test } from 'vitest';
import type { Actor } from '../../../main/contracts/audit.ts';
import { rearm } from '../../../main/operations/kill.ts';
import { SecondIdentity } from '../../../main/operations/second-identity.ts';
import { startOperations } from '../../../main/operations/start-operations.ts';
import { lpView } from './lp-view.ts';
import { operationsOn } from './operations-on.ts';

const provider = 'LP-A';
const killed = (by: string, incidentId = 'incident-1') =>
  lpView(provider, { kind: 'killed', latch: { incidentId, by, reason: 'runaway', atMs: 0 } });
const as = (name: string, role: Actor['role'] = 'operator'): Actor => ({
  name,
  role,
  claimed: null,
  source: 'api',
  from: '127.0.0.1',
});

let parts: ReturnType<typeof operationsOn>;
let notes: string[];
let press: (actor: Actor) => ReturnType<typeof rearm>;

beforeEach(() => {
  parts = operationsOn(killed('anna (for desk 2)'));
  notes = [];
  const { control, configs, audit, incidents, clock, log } = parts;
  const second = new SecondIdentity(clock, (of, text) => notes.push(`${of}: ${text}`));
  const { deps } = startOperations({
    control,
    configs,
    auditLog: audit,
    refused: [],
    incidents,
    console: 'console-a',
    clock,
    log,
    second,
  });
  press = (actor) => rearm(deps, actor, { provider, reason: 'found', typed: provider });
});
const needed = { ok: false, error: { kind: 'user', code: 'second-needed' } };

test('one asks, another who neither asked nor killed confirms, and the audit has both', async () => {
  expect(await press(as('bob'))).toMatchObject(needed);
  expect(notes).toEqual([expect.stringContaining('LP-A: bob asks to re-arm')]);
  for (const name of ['bob', 'BOB', 'anna', 'admin']) expect(await press(as(name, 'admin'))).toMatchObject(needed);
  expect(await press(as('carol', 'viewer'))).toMatchObject({ error: { code: 'forbidden' } });
  expect(parts.control.calls).toEqual([]);
  expect(await press(as('carol'))).toMatchObject({ ok: true });
  expect(parts.control.calls).toEqual(['rearm LP-A']);
  expect(parts.audit.rows.at(0)).toMatchObject({ actor: 'bob', result: 'second-needed' });
  expect(parts.audit.rows.at(-1)).toMatchObject({ actor: 'carol', result: 'ok', detail: 'asked for by bob' });
});

test('who killed may ask, and another confirms', async () => {
  expect(await press(as('anna'))).toMatchObject(needed);
  expect(await press(as('bob'))).toMatchObject({ ok: true });
});

test('what was asked is for that kill and for a quarter of an hour', async () => {
  await press(as('bob'));
  await parts.clock.advance(15 * 60_000);
  expect(await press(as('carol'))).toMatchObject(needed);
  parts.control.lps.set(provider, killed('anna', 'incident-2'));
  expect(await press(as('bob'))).toMatchObject(needed);
  expect(await press(as('carol'))).toMatchObject({ ok: true });
  expect(await press(as('bob'))).toMatchObject(needed);
});
