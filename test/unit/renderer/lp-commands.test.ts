import { expect, test } from 'vitest';
import type { KillIncident } from '../../../main/contracts/kill.ts';
import type { LpState } from '../../../main/contracts/lp-view.ts';
import { commandsFor } from '../../../renderer/features/commands/lp-commands.ts';
import { lpIn, NOW } from './lp-views.ts';

const names = (state: LpState, incidents: readonly KillIncident[] = []) =>
  commandsFor(lpIn(state), incidents).map(({ name }) => name);
const killed: LpState = { kind: 'killed', latch: { incidentId: 'i', by: 'x', reason: '', atMs: NOW } };
const incident: KillIncident = { id: 'i', scope: 'lp', by: 'x', reason: '', startedAtMs: NOW, lps: [] };

test('an inactive LP can be activated and deleted, not stopped', () => {
  expect(names({ kind: 'inactive' })).toEqual(['Activate', 'Sequence numbers', 'Edit', 'Clone', 'Delete', 'Kill']);
});

test('a live LP can be stopped, and is not deleted', () => {
  expect(names({ kind: 'logged-on' })).toEqual([
    'Deactivate',
    'Restart',
    'Send TestRequest',
    'Sequence numbers',
    'Edit',
    'Clone',
    'Kill',
  ]);
});

test('an LP that is logging out can still be deactivated, for it may mean to come back', () => {
  expect(names({ kind: 'stopping' })).toContain('Deactivate');
});

test('a killed LP can be re-armed and nothing starts it; its incident is shown where it is known', () => {
  expect(names(killed)).toEqual(['Re-arm', 'Edit', 'Clone']);
  expect(names(killed, [incident])).toContain('Show incident');
});

test.each<LpState>([
  { kind: 'inactive' },
  { kind: 'connecting', step: 'tcp' },
  { kind: 'logon' },
  { kind: 'logged-on' },
  { kind: 'recovering', received: 1, total: 2 },
  { kind: 'stopping' },
  { kind: 'retry', atMs: NOW, attempt: 1 },
  { kind: 'error' },
  { kind: 'off-schedule', opensAtMs: null },
  { kind: 'foreign', owner: 'x' },
])('$kind can be killed', (state) => {
  expect(names(state)).toContain('Kill');
});
