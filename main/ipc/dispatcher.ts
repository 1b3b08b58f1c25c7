import type { Clock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import type { Turns } from '../base/turns.ts';
import type { RequestChannel } from '../contracts/ipc.ts';
import { fail, type Result } from '../contracts/result.ts';
import { failureOf } from '../operations/failures.ts';
import type { Log } from '../operations/ports.ts';
import type { Connection } from './connection.ts';
import type { Handlers } from './handlers.ts';
import { isRequestChannel, parseArgs } from './validators.ts';

/** Also while the console shuts down, and without waiting for a turn. */
const ALWAYS_TAKEN: ReadonlySet<unknown> = new Set<RequestChannel>(['lp.kill', 'lp.kill-all']);

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

  /** `channel` and `args` are as they came over the border, of any type. */
  async dispatch(channel: unknown, args: unknown, connection: Connection): Promise<Result<unknown>> {
    if (this.#closing && !ALWAYS_TAKEN.has(channel)) return fail('operational', 'shutting-down', 'The console is shutting down.');
    if (!isRequestChannel(channel)) return fail('user', 'unknown-channel', 'There is no such request channel.', 'channel');
    const running = this.#run(channel, args, connection);
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

  async #run<C extends RequestChannel>(channel: C, args: unknown, connection: Connection): Promise<Result<unknown>> {
    if (!ALWAYS_TAKEN.has(channel) && !(await this.#turns.take(connection))) return tooMany();
    const parsed = parseArgs(channel, args);
    return parsed.ok ? this.#handlers[channel](connection, parsed.value) : parsed;
  }
}

export const tooMany = () => fail('user', 'too-many-requests', 'Too many requests at once; wait for answers.');
