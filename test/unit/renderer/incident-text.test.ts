import { expect, test } from 'vitest';
import type { KillIncident, LpKill } from '../../../main/contracts/kill.ts';
import { exportName, exportText, incidentLog, incidentSummary } from '../../../renderer/store/incident-text.ts';

const incident = (...outcomes: readonly LpKill['outcome'][]): KillIncident => ({
  id: 'i',
  scope: 'all',
  by: 'x',
  reason: '',
  startedAtMs: 0,
  lps: outcomes.map((outcome, n) => ({ provider: `LP-${n}`, steps: [], log: [], outcome })),
});

test.each([
  [incident('confirmed', 'confirmed'), '2 of 2 confirmed'],
  [incident('running', 'confirmed'), '1 running · 1 of 2 confirmed'],
  [incident('confirmed', 'not-confirmed', 'running'), 'LP-1 not confirmed · 1 running · 1 of 3 confirmed'],
  [incident('not-confirmed', 'not-confirmed', 'not-confirmed', 'not-confirmed'), '4 LPs not confirmed · 0 of 4 confirmed'],
])('%#', (kill, text) => {
  expect(incidentSummary(kill)).toBe(text);
});

test('the logs of all LPs are one, in the order in which things were done', () => {
  const of = (atMs: number, step: 'latch' | 'logout') => ({ atMs, step, state: 'done', text: null }) as const;
  const kill = incident('confirmed', 'confirmed');
  const [a, b] = kill.lps;
  if (a === undefined || b === undefined) throw new Error('two LPs');
  const log = incidentLog({
    ...kill,
    startedAtMs: 10,
    lps: [
      { ...a, log: [of(11, 'latch'), of(30, 'logout')] },
      { ...b, log: [of(12, 'latch')] },
    ],
  });
  expect(log.map(({ provider, afterMs, step }) => [provider, afterMs, step])).toEqual([
    ['LP-0', 1, 'latch'],
    ['LP-1', 2, 'latch'],
    ['LP-0', 20, 'logout'],
  ]);
});

test('an export is named so that any system takes it, and is what the console has', () => {
  const parts = [{ console: 'desk/1', incident: { ...incident('confirmed'), id: '../a:b' }, evidence: [] }];
  expect(exportName(parts)).toBe('kill-1970-01-01T00-00-00-000Z-___a_b.json');
  expect(JSON.parse(exportText(parts))).toEqual({ parts });
});
