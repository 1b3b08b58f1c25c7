import { sameDestination } from '../../contracts/secret-destination.ts';
import { type RunSetup, sameSetup, setupAfter } from './run-setup.ts';

/** The configuration that a run works with, the one that waits for its next connection, and what its engine knows of them. */
export class RunSetups {
  #current: RunSetup;
  #next: RunSetup | null = null;
  /** Whether the engine has been told the current one. */
  #told = false;

  constructor(setup: RunSetup) {
    this.#current = setup;
  }

  get current(): RunSetup {
    return this.#current;
  }
  get pending(): boolean {
    return this.#next !== null;
  }
  /** NewPassword(925) that the next Logon carries. */
  get newPassword(): string | null {
    return this.#current.settings.credentials.newPassword;
  }

  /** @param live whether a session is on, which goes on with what it has */
  change(setup: RunSetup, live: boolean): void {
    if (live && sameSetup(setup, this.#current)) {
      // The row says now what this run knew before it: the password that the LP has accepted.
      this.#current = setup;
      this.#next = null;
    } else {
      this.#next = setup;
    }
  }

  /** The LP has accepted this NewPassword(925): a reconnect must not wait for the database to know the password. */
  passwordAccepted(accepted: string): void {
    this.#current = setupAfter(this.#current, accepted);
    if (this.#next !== null && sameDestination(this.#next.config, this.#current.config))
      this.#next = setupAfter(this.#next, accepted);
    this.#told = false;
  }

  /**
   * For a new connection: what waited counts from now on.
   *
   * @returns changed: it is another configuration than before; told: the engine knows it already
   */
  take(): { readonly setup: RunSetup; readonly changed: boolean; readonly told: boolean } {
    const changed = this.#next !== null;
    const told = this.#told && !changed;
    this.#current = this.#next ?? this.#current;
    this.#next = null;
    this.#told = true;
    return { setup: this.#current, changed, told };
  }
}
