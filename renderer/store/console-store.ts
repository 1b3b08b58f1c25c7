import { createStore, type StoreApi } from 'zustand/vanilla';
import type { FixLogBatch } from '../../main/contracts/ipc.ts';
import type { KillIncident } from '../../main/contracts/kill.ts';
import type { FixLogLine, TimelineEvent } from '../../main/contracts/lp-view.ts';
import type { RefusedWrite } from '../../main/contracts/refused.ts';
import type { LinkState } from '../api.ts';
import { appendLog, EMPTY_LOG, type FixLog, followLog, openLog, pauseLog } from './fix-log.ts';
import { EMPTY_MIRROR, heardNow, type Mirror } from './mirror.ts';
import { arrange, NO_ROWS, type Rows } from './rows.ts';
import { mergeTimeline, type Timelines } from './timelines.ts';
import { OVERVIEW, type View } from './view.ts';

/** What stands in front of the screen and takes the keyboard. */
export type Dialog =
  | { readonly kind: 'kill'; readonly provider: string; readonly held: boolean }
  | { readonly kind: 'kill-all' }
  | { readonly kind: 'rearm' | 'take-over' | 'deactivate' | 'restart' | 'delete' | 'sequence'; readonly provider: string }
  | { readonly kind: 'add' }
  | { readonly kind: 'edit' | 'clone'; readonly provider: string }
  | { readonly kind: 'discard'; readonly writes: readonly RefusedWrite[] }
  | { readonly kind: 'palette' }
  | { readonly kind: 'keys' };

/** live: deltas arrive. lost: since when nothing has, and what is being done about it. */
type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | {
      readonly kind: 'lost';
      readonly sinceMs: number;
      readonly why: string;
      readonly retryAtMs: number | null;
      /** It is silent: what is sent waits until it reads. */
      readonly linkOpen: boolean;
    };

export interface ConsoleState {
  readonly connection: Connection;
  readonly mirror: Mirror;
  readonly timelines: Timelines;
  readonly fixLog: FixLog;
  readonly view: View;
  /** The row that is marked; what a key acts on is markedLp's to say. */
  readonly selected: string | null;
  readonly filter: string;
  readonly rows: Rows;
  /** The pointer is on the rows, or on the menu of one: none of them moves. */
  readonly rowsHeld: boolean;
  readonly dialog: Dialog | null;
  /** What the kill dialog was opened over: it is there again when that is closed. */
  readonly beneath: Dialog | null;
  /** The incident whose panel is open. */
  readonly incidentShown: string | null;
}

export interface ConsoleActions {
  linkChanged(link: LinkState, nowMs: number): void;
  /** Nothing was heard for too long although the link is open. */
  silent(): void;
  mirrored(mirror: Mirror): void;
  timelineArrived(events: readonly TimelineEvent[]): void;
  logOpened(provider: string, lines: readonly FixLogLine[]): void;
  logArrived(batch: FixLogBatch): void;
  logClosed(provider: string): void;
  pauseLog(): void;
  followLog(): void;
  show(view: View): void;
  select(provider: string | null): void;
  setFilter(filter: string): void;
  holdRows(held: boolean): void;
  /** A kill dialog comes over the one that is open, any other in its place. */
  open(dialog: Dialog): void;
  /** Puts away the dialog in front. */
  close(): void;
  closeAll(): void;
  showIncident(id: string | null): void;
}

export type ConsoleStore = StoreApi<ConsoleState & ConsoleActions>;

/** `nowMs` for what is judged by its age: an LP does not become stale because the console is not heard (main process' clock, epoch ms). */
export const asHeard = ({ connection, mirror }: ConsoleState, nowMs: number): number =>
  connection.kind === 'live' ? nowMs : heardNow(mirror);

/** The screen's one store. It holds what the main process said and what the operator looks at; it decides nothing. */
export function createConsoleStore(): ConsoleStore {
  return createStore<ConsoleState & ConsoleActions>()((set, get) => ({
    connection: { kind: 'connecting' },
    mirror: EMPTY_MIRROR,
    timelines: {},
    fixLog: EMPTY_LOG,
    view: OVERVIEW,
    selected: null,
    filter: '',
    rows: NO_ROWS,
    rowsHeld: false,
    dialog: null,
    beneath: null,
    incidentShown: null,

    linkChanged: (link, nowMs) => {
      const { connection, mirror } = get();
      // Open alone proves nothing: the snapshot that follows makes it live.
      if (link.kind === 'open') return;
      if (link.kind === 'connecting') {
        if (connection.kind === 'lost') set({ connection: { ...connection, retryAtMs: null, linkOpen: false } });
        else if (mirror.counter !== null)
          set({ connection: { kind: 'lost', sinceMs: nowMs, why: 'Connection closed', retryAtMs: null, linkOpen: false } });
        return;
      }
      const sinceMs = connection.kind === 'lost' ? connection.sinceMs : mirror.counter === null ? nowMs : mirror.heardAtMs;
      set({ connection: { kind: 'lost', sinceMs, why: link.why, retryAtMs: link.retryAtMs, linkOpen: false } });
    },
    silent: () => {
      if (get().connection.kind === 'lost') return;
      set({
        connection: {
          kind: 'lost',
          sinceMs: get().mirror.heardAtMs,
          why: 'The console process is silent',
          retryAtMs: null,
          linkOpen: true,
        },
      });
    },
    mirrored: (mirror) => {
      const { connection, incidentShown, mirror: old, rows, filter, rowsHeld } = get();
      // A kill that anyone has pressed shows itself, once; one that was quicker than the screen is told, too.
      const known = new Set(old.incidents.map((incident) => incident.id));
      const here = old.counter !== null;
      const pressed = mirror.incidents.find((one) => !known.has(one.id) && (here ? didSomething(one) : isRunning(one)));
      set({
        mirror,
        rows: arrange(rows, mirror.lps, filter, heardNow(mirror), rowsHeld),
        incidentShown: pressed?.id ?? incidentShown,
        connection: connection.kind === 'live' ? connection : { kind: 'live' },
      });
    },
    timelineArrived: (events) => set({ timelines: mergeTimeline(get().timelines, events) }),
    logOpened: (provider, lines) => set({ fixLog: openLog(provider, lines) }),
    logArrived: (batch) => set({ fixLog: appendLog(get().fixLog, batch) }),
    logClosed: (provider) => {
      if (get().fixLog.provider === provider) set({ fixLog: EMPTY_LOG });
    },
    pauseLog: () => set({ fixLog: pauseLog(get().fixLog) }),
    followLog: () => set({ fixLog: followLog(get().fixLog) }),
    show: (view) => set(view.screen === 'lp' ? { view, selected: view.provider } : { view }),
    select: (selected) => set({ selected }),
    setFilter: (filter) => {
      const { mirror, rows: old, selected } = get();
      const rows = arrange(old, mirror.lps, filter, heardNow(mirror), false);
      // The mark goes to what is seen; without a filter it stays where it was.
      const hidden = filter.trim() !== '' && (selected === null || !rows.shown.includes(selected));
      set({ filter, rows, selected: hidden ? (rows.shown[0] ?? selected) : selected });
    },
    holdRows: (rowsHeld) => {
      const { mirror, rows, filter } = get();
      set({ rowsHeld, rows: arrange(rows, mirror.lps, filter, heardNow(mirror), rowsHeld) });
    },
    open: (dialog) => {
      const { dialog: open, beneath } = get();
      set({ dialog, beneath: dialog.kind !== 'kill' ? null : open?.kind === 'kill' ? beneath : open });
    },
    close: () => set({ dialog: get().beneath, beneath: null }),
    closeAll: () => set({ dialog: null, beneath: null }),
    showIncident: (incidentShown) => set({ incidentShown }),
  }));
}

const isRunning = (incident: KillIncident): boolean => incident.lps.some((lp) => lp.outcome === 'running');

/** False of a kill that is only on record, as one from before a start or of another console's LP. */
const didSomething = (incident: KillIncident): boolean =>
  incident.lps.some((lp) => lp.steps.some((step) => step.state !== 'skipped'));
