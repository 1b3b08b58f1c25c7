import type { Clock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import type { Turns } from '../base/turns.ts';
import { REQUEST_CHANNELS, REQUEST_KINDS, type RequestChannel } from '../contracts/ipc.ts';
import { fail, type Result } from '../contracts/result.ts';
import { failureOf } from '../operations/failures.ts';
import type { Log } from '../operations/ports.ts';
import type { Connection } from './connection.ts';
import type { Handlers } from './handlers.ts';
import { isRequestChannel, parseArgs } from './validators.ts';

/** Also while the console shuts down, and without waiting for a turn. */
const ALWAYS_TAKEN: ReadonlySet<unknown> = new Set(REQUEST_CHANNELS.filter((channel) => REQUEST_KINDS[channel] === 'kills'));

/** The one door behind both transports: parses a request, runs its handler, answers with a Result. Never throws or rejects. */
export class Dispatcher {
  readonly #handlers: Handlers;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #turns: Turns;
  readonly #running = new Set<Promise<unknown>>();
  #closing = false;

  constructor(handlers: Handlers, clock: Clock, log: Log, turns: Turns) {
    this.#handlers = handlers;
    this.#clock = clock;
    this.#log = log;
    this.#turns = turns;
  }

  /** All but `connection` are as they came over the border, of any type. `notAfterMs`: see ClientFrame. */
  async dispatch(channel: unknown, args: unknown, connection: Connection, notAfterMs?: unknown): Promise<Result<unknown>> {
    if (this.#closing && !ALWAYS_TAKEN.has(channel)) return fail('operational', 'shutting-down', 'The console is shutting down.');
    if (!isRequestChannel(channel)) return fail('user', 'unknown-channel', 'There is no such request channel.', 'channel');
    const running = this.#run(channel, args, connection, notAfterMs);
    this.#running.add(running);
    try {
      return await running;
    } catch (error) {
      this.#log.error({ err: error, channel }, 'Request failed');
      return { ok: false, error: failureOf(error) };
    } finally {
      this.#running.delete(running);
    }
  }

  /** Takes no more requests but kills, and waits for those that run, at most `deadlineMs`. Resolves to how many did not end. */
  async close(deadlineMs: number): Promise<number> {
    this.#closing = true;
    await withDeadline(this.#clock, deadlineMs, Promise.allSettled(this.#running));
    return this.#running.size;
  }

  async #run<C extends RequestChannel>(
    channel: C,
    args: unknown,
    connection: Connection,
    notAfterMs: unknown,
  ): Promise<Result<unknown>> {
    if (!ALWAYS_TAKEN.has(channel) && !(await this.#turns.take(connection))) return tooMany();
    // A console that hung finds what was pressed meanwhile; who pressed it has been told that it is not done.
    if (REQUEST_KINDS[channel] === 'acts' && typeof notAfterMs === 'number' && this.#clock.nowMs() > notAfterMs) return tooLate();
    const parsed = parseArgs(channel, args);
    return parsed.ok ? this.#handlers[channel](connection, parsed.value) : parsed;
  }
}

const tooLate = () =>
  fail('operational', 'too-late', 'The console could not begin in time, and did nothing. Look at the state, then press again.');

export const tooMany = () => fail('user', 'too-many-requests', 'Too many requests at once; wait for answers.');
