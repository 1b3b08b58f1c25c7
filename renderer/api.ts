import { backoffMs } from '../main/base/backoff.ts';
import { Emitter } from '../main/base/emitter.ts';
import type {
  Args,
  ConsoleApi,
  PreloadApi,
  PushChannel,
  Pushes,
  RequestChannel,
  ServerFrame,
  Value,
} from '../main/contracts/ipc.ts';
import { WS_PATH, WS_PROTOCOL } from '../main/contracts/ipc.ts';
import { fail, type Result } from '../main/contracts/result.ts';

declare global {
  interface Window {
    /** Put there by the preload script: the page runs in the desktop window. */
    readonly vfxlp?: PreloadApi;
  }
}

/** Whether requests can reach the main process. closed says why, and when the next try is (browser's clock, epoch ms). */
export type LinkState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  | { readonly kind: 'closed'; readonly why: string; readonly retryAtMs: number };

/** The contract, plus the state of whatever carries it. */
export interface ConsoleLink extends ConsoleApi {
  /** Called at once with the present state and then at each change. Returns the function that unsubscribes. */
  onLink(listener: (state: LinkState) => void): () => void;
}

/** A stop takes LogoutAckThreshold plus the end of two processes; beyond this the answer is taken as lost, ms. */
const ANSWER_LIMIT_MS = 30_000;
const RETRY = { baseMs: 250, factor: 2, capMs: 5_000 };
const TOKEN_KEY = 'vfxlp.token';

type Listener = (payload: never) => void;

/** The desktop window's way: the preload script's functions; Electron IPC does not disconnect while the window lives. */
function desktopLink(preload: PreloadApi): ConsoleLink {
  return {
    request: <C extends RequestChannel>(channel: C, args: Args<C>, notAfterMs?: number): Promise<Result<Value<C>>> =>
      preload.requests[channel](args, notAfterMs),
    subscribe: (channel, listener) => preload.pushes[channel](listener),
    onLink: (listener) => {
      listener({ kind: 'open' });
      return () => undefined;
    },
  };
}

/**
 * The browser's way: a WebSocket that reconnects by itself, waiting 0.25 s, doubling, to 5 s at most. Requests made while it
 * is closed, or unanswered when it closes, are answered by an operational failure: nothing is sent later, behind the operator's back.
 */
export function socketLink(url: string, token: string | null): ConsoleLink & { close(): void } {
  const listeners = new Map<PushChannel, Set<Listener>>();
  const links = new Emitter<LinkState>();
  const waiting = new Map<number, (result: Result<never>) => void>();
  let socket: WebSocket | null = null;
  let state: LinkState = { kind: 'connecting' };
  let nextId = 1;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let ended = false;
  let everOpen = false;

  const setState = (next: LinkState): void => {
    state = next;
    links.emit(next);
  };

  const receive = (data: string): void => {
    // Both ends are built from one contract and served together; the frame is trusted to be what the contract says.
    const frame = JSON.parse(data) as ServerFrame;
    if ('id' in frame) {
      const answer = waiting.get(frame.id);
      waiting.delete(frame.id);
      answer?.(frame.result as Result<never>);
      return;
    }
    for (const listener of listeners.get(frame.push) ?? []) listener(frame.payload as never);
  };

  const closed = (): void => {
    socket = null;
    for (const answer of waiting.values())
      answer(
        fail(
          'operational',
          'disconnected',
          'The connection to the console was lost before it answered; look at the state before you repeat it.',
        ),
      );
    waiting.clear();
    if (ended) return;
    const why = everOpen
      ? 'The console process does not answer'
      : token === null
        ? 'The address has no token: open the one that `vfxlp token` prints on the console’s machine'
        : 'The console process does not answer, or it refused the token';
    const waitMs = backoffMs(RETRY, failures);
    failures += 1;
    setState({ kind: 'closed', why, retryAtMs: Date.now() + waitMs });
    timer = setTimeout(connect, waitMs);
  };

  function connect(): void {
    timer = null;
    setState({ kind: 'connecting' });
    const opening = new WebSocket(url, token === null ? [WS_PROTOCOL] : [WS_PROTOCOL, `token.${token}`]);
    socket = opening;
    opening.onopen = () => {
      everOpen = true;
      failures = 0;
      setState({ kind: 'open' });
    };
    opening.onmessage = (event) => receive(String(event.data));
    opening.onclose = closed;
  }

  connect();

  return {
    request: <C extends RequestChannel>(channel: C, args: Args<C>, notAfterMs?: number): Promise<Result<Value<C>>> => {
      const open = socket;
      if (open === null || open.readyState !== WebSocket.OPEN) {
        return Promise.resolve(fail('operational', 'disconnected', 'Not connected to the console: nothing was done.'));
      }
      const id = nextId++;
      return new Promise((resolve) => {
        const limit = setTimeout(() => {
          waiting.delete(id);
          resolve(
            fail(
              'operational',
              'no-answer',
              `The console did not answer within ${ANSWER_LIMIT_MS / 1000} s; look at the state before you repeat it.`,
            ),
          );
        }, ANSWER_LIMIT_MS);
        waiting.set(id, (result) => {
          clearTimeout(limit);
          resolve(result);
        });
        open.send(JSON.stringify({ id, channel, args, notAfterMs }));
      });
    },
    subscribe: <C extends PushChannel>(channel: C, listener: (payload: Pushes[C]) => void): (() => void) => {
      const set = listeners.get(channel) ?? new Set<Listener>();
      listeners.set(channel, set);
      set.add(listener);
      return () => {
        set.delete(listener);
      };
    },
    onLink: (listener) => {
      listener(state);
      return links.on(listener);
    },
    close: () => {
      ended = true;
      if (timer !== null) clearTimeout(timer);
      socket?.close();
    },
  };
}

/** The token from `#token=…`, kept for this tab and taken out of the address bar, so that no screenshot or history shows it. */
function takeToken(): string | null {
  const found = /[#&]token=([^&]+)/.exec(window.location.hash)?.[1];
  if (found !== undefined) {
    sessionStorage.setItem(TOKEN_KEY, decodeURIComponent(found));
    window.history.replaceState(null, '', window.location.pathname + window.location.search);
  }
  return sessionStorage.getItem(TOKEN_KEY);
}

/** The page's one link: the preload script's in the desktop window, else a WebSocket to where the page came from. */
export function openLink(): ConsoleLink {
  if (window.vfxlp !== undefined) return desktopLink(window.vfxlp);
  const { protocol, host } = window.location;
  return socketLink(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}${WS_PATH}`, takeToken());
}
