import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveStats } from '../../../main/contracts/lp-view.ts';
import { Counters } from '../../../main/engine/counters.ts';
import { Clocks } from '../../../main/engine/now.ts';
import { TimelineBatch, type TimelineItem } from '../../../main/engine/timeline-batch.ts';
import { NEWS, SessionRig } from '../fix/session/session-rig.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('Counters', () => {
  const counting = (): { rig: SessionRig; reports: LiveStats[]; counters: Counters; receive: () => void } => {
    const rig = SessionRig.active();
    const reports: LiveStats[] = [];
    const counters = new Counters(rig.session, { unreadable: 0 }, (stats) => reports.push(stats));
    counters.start();
    const receive = (): void => {
      rig.peer('B', NEWS);
      counters.received(Date.now());
      counters.moved(performance.now());
    };
    return { rig, reports, counters, receive };
  };

  it('report once a second while nothing moves', () => {
    const { reports, counters } = counting();
    vi.advanceTimersByTime(10_000);
    expect(reports.length).toBe(11);
    counters.stop();
    vi.advanceTimersByTime(10_000);
    expect(reports.length).toBe(11);
  });

  it('report four times a second while something moves, and at once after a pause', () => {
    const { reports, receive, counters } = counting();
    vi.advanceTimersByTime(5_400);
    reports.length = 0;
    receive();
    vi.advanceTimersByTime(1);
    expect(reports).toHaveLength(1);
    for (let n = 0; n < 100; n += 1) {
      receive();
      vi.advanceTimersByTime(20);
    }
    expect(reports.length).toBeGreaterThanOrEqual(8);
    expect(reports.length).toBeLessThanOrEqual(10);
    expect(reports.at(-1)).toMatchObject({ inPerSecond: 50, outPerSecond: 0, lastMessage: { direction: 'in', msgType: 'B' } });
    vi.advanceTimersByTime(3_000);
    expect(reports.at(-1)?.inPerSecond).toBe(0);
    counters.stop();
  });

  it('say when something was last received and sent, and what it was', () => {
    const { rig, reports, counters, receive } = counting();
    expect(reports[0]).toMatchObject({ lastReceivedMs: null, lastSentMs: null, inPerSecond: 0, outPerSecond: 0 });
    vi.advanceTimersByTime(1_000);
    const receivedMs = Date.now();
    receive();
    vi.advanceTimersByTime(1_000);
    expect(reports.at(-1)).toMatchObject({
      lastReceivedMs: receivedMs,
      lastSentMs: null,
      lastMessage: { direction: 'in', msgType: 'B', atMs: receivedMs },
    });
    const sentMs = Date.now();
    rig.session.send('B', [[148, 'x']], rig.now);
    counters.sent(sentMs);
    counters.moved(performance.now());
    vi.advanceTimersByTime(250);
    expect(reports.at(-1)).toMatchObject({ lastSentMs: sentMs, lastMessage: { direction: 'out', msgType: 'B', atMs: sentMs } });
    expect(reports.at(-1)?.outPerSecond).toBeGreaterThan(0);
    receive();
    vi.advanceTimersByTime(250);
    expect(reports.at(-1)?.lastMessage?.direction).toBe('in');
    counters.stop();
  });

  it('follow what moves within 250 ms of the last report, whichever way it moves', () => {
    const { rig, reports, counters } = counting();
    vi.advanceTimersByTime(5_100);
    reports.length = 0;
    rig.session.send('B', [[148, 'x']], rig.now);
    counters.moved(performance.now());
    vi.advanceTimersByTime(149);
    expect(reports).toHaveLength(0);
    counters.moved(performance.now());
    vi.advanceTimersByTime(1);
    expect(reports).toHaveLength(1);
    // Four times a second as long as a second ago it was another number.
    vi.advanceTimersByTime(1_000);
    expect(reports).toHaveLength(5);
    vi.advanceTimersByTime(3_000);
    expect(reports).toHaveLength(8);
    counters.stop();
    counters.moved(performance.now());
    vi.advanceTimersByTime(5_000);
    expect(reports).toHaveLength(8);
  });

  it('tell about an open gap', () => {
    const { rig, reports, counters } = counting();
    rig.peer('B', NEWS, 9);
    vi.advanceTimersByTime(1_000);
    expect(reports.at(-1)?.gap).toEqual({ from: 2, to: 8 });
    counters.stop();
  });
});

describe('Clocks', () => {
  it('have microseconds that grow with the monotonic clock, and follow the wall clock when it is set', () => {
    const clocks = new Clocks();
    const first = clocks.read().wallMs;
    expect(first - Date.now()).toBeLessThan(1);
    vi.advanceTimersByTime(250);
    expect(clocks.read().wallMs - first).toBeCloseTo(250, 5);
    vi.setSystemTime(Date.now() + 3_600_000);
    expect(clocks.read().wallMs - first).toBeCloseTo(3_600_250, 5);
  });
});

describe('TimelineBatch', () => {
  const event: TimelineItem = { event: 'Garbled', level: 'attention', direction: 'in', text: 'x', seqIn: 1, seqOut: 1, atMs: 0 };

  it('makes one report of a burst, and counts what is too much', () => {
    const reports: TimelineItem[][] = [];
    const batch = new TimelineBatch((report) => reports.push([...report.events]));
    for (let n = 0; n < 700; n += 1) batch.add(event, 5.7);
    expect(reports).toHaveLength(0);
    vi.advanceTimersByTime(100);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toHaveLength(501);
    expect(reports[0]?.[0]?.atMs).toBe(5);
    expect(reports[0]?.at(-1)).toMatchObject({ event: 'Engine', level: 'attention', direction: null, seqIn: 1 });
    expect(reports[0]?.at(-1)?.text).toContain('200 more events');
    batch.flush();
    expect(reports).toHaveLength(1);
    batch.add(event, 6);
    batch.flush();
    expect(reports[1]).toEqual([{ ...event, atMs: 6 }]);
    vi.advanceTimersByTime(1_000);
    expect(reports).toHaveLength(2);
    for (let n = 0; n < 500; n += 1) batch.add(event, 7);
    vi.advanceTimersByTime(50);
    expect(reports[2]).toHaveLength(500);
  });

  it('holds and reports the beginning of what is long, and a bounded number of bytes', () => {
    const reports: TimelineItem[][] = [];
    const batch = new TimelineBatch((report) => reports.push([...report.events]));
    const text = '\u001b'.repeat(1_000_000);
    for (let n = 0; n < 300; n += 1) batch.add({ ...event, text }, 5);
    batch.flush();
    const encoded = JSON.stringify(reports[0]);
    expect(encoded.length).toBeLessThan(400_000);
    expect(reports[0]?.[0]?.text).toMatch(/… \(99\d,\d{3} bytes more in fix\.log\)$/);
    const shown = (reports[0]?.length ?? 0) - 1;
    expect(reports[0]?.at(-1)?.text).toContain(`${300 - shown} more events`);
  });
});
