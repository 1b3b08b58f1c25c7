import { once } from 'node:events';
import { WebSocket } from 'ws';
import { describeReason } from '../../main/contracts/disconnect-reason.ts';
import {
  type Args,
  type ConsoleSnapshot,
  type RequestChannel,
  type ServerFrame,
  WS_PATH,
  WS_PROTOCOL,
} from '../../main/contracts/ipc.ts';
import type { Health, LpView } from '../../main/contracts/lp-view.ts';
import type { Result } from '../../main/contracts/result.ts';
import { SERVE_TOKEN } from '../support/serve-process.ts';

/** Number of the first request. */
const SNAPSHOT = 1;

/** What an operator's screen is told, as soon as it is told it. */
export class Screen {
  readonly lps = new Map<string, LpView>();
  health: Health | null = null;
  /** Told of key events, newest last. */
  readonly events: string[] = [];
  /** How many key events it was told of. */
  told = 0;
  connected = true;
  #lastFrameMs = performance.now();
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();
  /** Answers to `ask`, by the number of the request. */
  readonly #answers = new Map<number, (result: Result<unknown>) => void>();
  #asked = SNAPSHOT;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      this.connected = false;
      this.#changed();
    });
    socket.on('message', (data) => {
      this.#lastFrameMs = performance.now();
      this.#frame(JSON.parse(String(data)) as ServerFrame);
      this.#changed();
    });
  }

  static async open(port: number): Promise<Screen> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${WS_PATH}`, [WS_PROTOCOL, `token.${SERVE_TOKEN}`]);
    await once(socket, 'open');
    const screen = new Screen(socket);
    socket.send(JSON.stringify({ id: SNAPSHOT, channel: 'console.snapshot', args: {} }));
    await screen.until(() => screen.health, 10_000);
    return screen;
  }

  /** A request over the connection that is there already. @throws Error with why it was refused */
  async ask<C extends RequestChannel>(channel: C, args: Args<C>): Promise<void> {
    this.#asked += 1;
    const id = this.#asked;
    const answer = new Promise<Result<unknown>>((resolve) => this.#answers.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, channel, args }));
    const result = await answer;
    if (!result.ok) throw new Error(`${channel}: ${result.error.message}`);
  }

  /** The line of an LP in words: state, and why. */
  line(provider: string): string {
    const view = this.lps.get(provider);
    if (view === undefined) return 'no such LP';
    return view.reason === null ? view.state.kind : `${view.state.kind}: ${describeReason(view.reason)}`;
  }

  /** Key events after the first `told` ones. */
  eventsSince(told: number): readonly string[] {
    return this.told === told ? [] : this.events.slice(-(this.told - told));
  }

  /** How long nothing has come, ms; a console that is well says something each second. */
  get silentMs(): number {
    return performance.now() - this.#lastFrameMs;
  }

  /**
   * Waits until it shows something, asked at every frame and every 50 ms.
   * @returns what `shown` found
   * @throws Error after `limitMs`, with what the screen shows
   */
  async until<T>(shown: () => T | null | undefined | false, limitMs: number): Promise<T> {
    const deadline = performance.now() + limitMs;
    for (;;) {
      const found = shown();
      if (found !== null && found !== undefined && found !== false) return found;
      if (performance.now() > deadline) throw new Error(`not shown within ${limitMs} ms; the screen shows ${this.describe()}`);
      await this.#next();
    }
  }

  describe(): string {
    const lines = [...this.lps.keys()].map((provider) => `${provider} ${this.line(provider)}`);
    const parts = Object.entries(this.health ?? {}).map(([name, part]) => `${name} ${part.state}: ${part.text}`);
    return [...lines, ...parts, ...this.events.slice(-8), ...(this.connected ? [] : ['(cut off)'])].join('\n');
  }

  close(): void {
    this.#socket.terminate();
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, 50);
      this.#waiting.add(wake);
    });
  }

  #changed(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  #frame(frame: ServerFrame): void {
    if ('id' in frame && frame.id !== SNAPSHOT) {
      this.#answers.get(frame.id)?.(frame.result);
      this.#answers.delete(frame.id);
    } else if ('id' in frame) {
      if (!frame.result.ok) return;
      const snapshot = frame.result.value as ConsoleSnapshot;
      for (const view of snapshot.lps) this.lps.set(view.provider, view);
      this.health = snapshot.health;
    } else if (frame.push === 'console.delta') {
      for (const view of frame.payload.lps) this.lps.set(view.provider, view);
      for (const provider of frame.payload.removed) this.lps.delete(provider);
      if (frame.payload.health !== null) this.health = frame.payload.health;
    } else if (frame.push === 'timeline') {
      for (const { provider, event, text } of frame.payload) this.events.push(`${provider} ${event} ${text}`);
      this.told += frame.payload.length;
      this.events.splice(0, Math.max(0, this.events.length - 500));
    }
  }
}
