import { Counter, Gauge, Registry } from 'prom-client';
import type { Health, LpStateKind, LpView } from '../contracts/lp-view.ts';

const STATES = Object.keys({
  inactive: 0,
  connecting: 0,
  logon: 0,
  'logged-on': 0,
  recovering: 0,
  stopping: 0,
  retry: 0,
  error: 0,
  'off-schedule': 0,
  killed: 0,
  foreign: 0,
} satisfies Record<LpStateKind, 0>) as readonly LpStateKind[];

/** Metrics of this moment in the Prometheus text format. Built anew for each scrape, so that a deleted LP leaves no series behind. */
export async function renderMetrics(
  views: readonly LpView[],
  health: Health,
  refusedTokens: number,
): Promise<{ readonly contentType: string; readonly text: string }> {
  const registry = new Registry();
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });

  const states = gauge('vfxlp_lps', 'Number of LPs by state', 'state');
  for (const state of STATES) states.set({ state }, views.filter((view) => view.state.kind === state).length);

  const loggedOn = gauge('vfxlp_lp_logged_on', '1 while the LP is logged on', 'provider');
  const status = gauge('vfxlp_lp_status', '0 inactive, 1 active (logged on), 2 error', 'provider');
  const killed = gauge('vfxlp_lp_killed', '1 while the kill latch is set', 'provider');
  const attempt = gauge('vfxlp_lp_reconnect_attempts', 'Connection attempts since the last stable Logon', 'provider');
  for (const { provider, ...view } of views) {
    loggedOn.set({ provider }, view.state.kind === 'logged-on' || view.state.kind === 'recovering' ? 1 : 0);
    status.set({ provider }, view.status);
    killed.set({ provider }, view.state.kind === 'killed' ? 1 : 0);
    attempt.set({ provider }, view.attempt);
  }

  const messages = new Counter({
    name: 'vfxlp_lp_messages_total',
    help: 'Messages since the engine process started',
    labelNames: ['provider', 'direction'],
    registers: [registry],
  });
  const rejects = new Counter({
    name: 'vfxlp_lp_rejects_total',
    help: 'Session and business rejects, sent and received, since the engine process started',
    labelNames: ['provider'],
    registers: [registry],
  });
  const unreadable = new Counter({
    name: 'vfxlp_lp_unreadable_messages_total',
    help: 'Stored messages that could not be read back for a resend, since the engine process started',
    labelNames: ['provider'],
    registers: [registry],
  });
  const sequence = gauge('vfxlp_lp_next_seq_num', 'Next expected inbound and next outbound MsgSeqNum', 'provider', 'direction');
  const rtt = gauge('vfxlp_lp_test_request_rtt_seconds', 'Last TestRequest round trip', 'provider');
  const rss = gauge('vfxlp_lp_engine_resident_memory_bytes', 'Resident memory of the engine process', 'provider');
  for (const { provider, stats } of views) {
    if (stats === null) continue;
    messages.inc({ provider, direction: 'in' }, stats.totalIn);
    messages.inc({ provider, direction: 'out' }, stats.totalOut);
    rejects.inc({ provider }, stats.rejects);
    unreadable.inc({ provider }, stats.unreadable);
    sequence.set({ provider, direction: 'in' }, stats.nextIn);
    sequence.set({ provider, direction: 'out' }, stats.nextOut);
    if (stats.testRequestRttMs !== null) rtt.set({ provider }, stats.testRequestRttMs / 1_000);
    rss.set({ provider }, stats.rssBytes);
  }

  const parts = gauge('vfxlp_part_up', '1 while the part works, 0 while it is degraded or down; off is left out', 'part');
  for (const [part, { state }] of Object.entries(health)) {
    if (state !== 'off') parts.set({ part }, state === 'ok' ? 1 : 0);
  }
  new Counter({
    name: 'vfxlp_admin_refused_tokens_total',
    help: 'Requests and WebSockets without a valid token since the console started',
    registers: [registry],
  }).inc(refusedTokens);
  gauge('vfxlp_outbox_waiting', 'Events that NATS has not acknowledged').set(health.nats.waiting);
  gauge('vfxlp_disk_free_bytes', 'Free space where there is least: data folder, FIX logs').set(health.disk.freeBytes);
  gauge('vfxlp_event_loop_lag_seconds', "The longest that the console's event loop was held up in the last minute").set(
    health.console.lagMs / 1_000,
  );
  gauge('vfxlp_engines_running', 'Engine processes').set(health.engines.running);
  gauge('vfxlp_console_resident_memory_bytes', 'Resident memory of the main process').set(process.memoryUsage.rss());

  return { contentType: registry.contentType, text: await registry.metrics() };
}
