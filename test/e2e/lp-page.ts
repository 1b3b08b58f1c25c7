import { expect, type Locator, type Page } from '@playwright/test';

/** What an operator does to one LP on the screen. */
export class LpPage {
  readonly row: Locator;
  readonly #page: Page;
  readonly #provider: string;

  constructor(page: Page, provider: string) {
    this.#page = page;
    this.#provider = provider;
    this.row = page.getByTestId(`lp-row-${provider}`);
  }

  async isState(state: string): Promise<void> {
    await expect(this.row).toHaveAttribute('data-state', state);
  }

  /** Chooses an action from the row's menu. */
  async act(action: string): Promise<void> {
    await this.row.getByRole('button', { name: `Actions for ${this.#provider}` }).click();
    await this.#page.getByRole('menuitem', { name: action, exact: true }).click();
  }

  /** An action that asks for a reason. */
  async actWithReason(action: 'Deactivate' | 'Restart' | 'Delete', reason: string): Promise<void> {
    await this.act(action);
    const dialog = this.#page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Reason' }).fill(reason);
    await dialog.getByRole('button', { name: action, exact: true }).click();
  }

  async open(tab: 'Session' | 'FIX log' | 'Configuration' | 'Audit' = 'Session'): Promise<void> {
    await this.row.getByRole('button', { name: this.#provider, exact: true }).click();
    await this.#page.getByRole('tab', { name: tab }).click();
  }

  /** Presses the kill button of the dialog and holds it. */
  async holdToKill(): Promise<void> {
    const button = this.#page.getByRole('button', { name: `Hold to kill ${this.#provider}` });
    await button.hover();
    await this.#page.mouse.down();
    await expect(this.#page.getByTestId('incident-panel')).toBeVisible();
    await this.#page.mouse.up();
  }
}
