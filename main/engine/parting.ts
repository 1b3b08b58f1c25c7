import type { LogoutOrder } from '../contracts/engine-protocol.ts';

/** The Logout of a session that is being ended: the console says when, and after a time it leaves without being told. */
export class Parting {
  #timer: NodeJS.Timeout | null = null;
  #left = false;

  /**
   * @param order null: there is no connection to end
   * @param leave says the Logout; called at once where there is nothing to wait for
   */
  within(order: LogoutOrder | null, leave: (order: LogoutOrder) => void): void {
    if (order === null) return;
    const now = (): void => {
      this.#left = true;
      leave(order);
    };
    if (order.withinMs === 0) now();
    else this.#timer = setTimeout(now, order.withinMs);
  }

  /** The console says it now. @returns whether it is still to be said */
  now(): boolean {
    this.cancel();
    return !this.#left;
  }

  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
