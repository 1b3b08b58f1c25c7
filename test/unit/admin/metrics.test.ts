import { expect, test } from 'vitest';
import { renderMetrics } from '../../../main/admin/metrics.ts';
import type { LiveStats } from '../../../main/contracts/lp-view.ts';
import { health, lpView } from '../operations/lp-view.ts';

const stats: LiveStats = {
  nextIn: 101,
  nextOut: 57,
  inPerSecond: 3,
  outPerSecond: 1,
  totalIn: 100,
  totalOut: 56,
  lastReceivedMs: 1,
  lastSentMs: 1,
  lastMessage: null,
  testRequestRttMs: 12.5,
  silentSinceMs: null,
  gap: null,
  rejects: 2,
  garbled: 0,
  unreadable: 0,
  rssBytes: 70_000_000,
};
const latch = { incidentId: 'i', by: 'desk-1', reason: 'x', atMs: 1 };

test('LPs by state, and each with what is known of it', async () => {
  const views = [
    lpView('LP-A', { kind: 'logged-on' }, { stats, status: 1 }),
    lpView('LP-B', { kind: 'recovering', received: 1, total: 9 }, { status: 1 }),
    lpView('LP-C', { kind: 'killed', latch }, { attempt: 4 }),
  ];
  const { text } = await renderMetrics(views, { ...health, nats: { ...health.nats, state: 'down', waiting: 17 } }, 3);
  const lines = text.split('\n');
  for (const line of [
    'vfxlp_lps{state="logged-on"} 1',
    'vfxlp_lps{state="killed"} 1',
    'vfxlp_lps{state="error"} 0',
    'vfxlp_lp_logged_on{provider="LP-A"} 1',
    'vfxlp_lp_logged_on{provider="LP-B"} 1',
    'vfxlp_lp_logged_on{provider="LP-C"} 0',
    'vfxlp_lp_killed{provider="LP-C"} 1',
    'vfxlp_lp_reconnect_attempts{provider="LP-C"} 4',
    'vfxlp_lp_messages_total{provider="LP-A",direction="in"} 100',
    'vfxlp_lp_messages_total{provider="LP-A",direction="out"} 56',
    'vfxlp_lp_rejects_total{provider="LP-A"} 2',
    'vfxlp_lp_next_seq_num{provider="LP-A",direction="in"} 101',
    'vfxlp_lp_test_request_rtt_seconds{provider="LP-A"} 0.0125',
    'vfxlp_lp_engine_resident_memory_bytes{provider="LP-A"} 70000000',
    'vfxlp_outbox_waiting 17',
    'vfxlp_admin_refused_tokens_total 3',
    'vfxlp_part_up{part="nats"} 0',
    'vfxlp_part_up{part="database"} 1',
  ]) {
    expect(lines).toContain(line);
  }
  expect(text).not.toContain('messages_total{provider="LP-B"');
  expect(text).toContain('# TYPE vfxlp_lp_messages_total counter');
});

test('scrapes do not add up', async () => {
  const views = [lpView('LP-A', { kind: 'logged-on' }, { stats })];
  await renderMetrics(views, health, 0);
  const { text } = await renderMetrics(views, health, 0);
  expect(text).toContain('vfxlp_lp_messages_total{provider="LP-A",direction="in"} 100');
});

test('without LPs there is still a valid answer', async () => {
  const { text } = await renderMetrics([], health, 0);
  expect(text).toContain('vfxlp_lps{state="logged-on"} 0');
});
