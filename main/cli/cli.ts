/** What a command of `vfxlp` needs of the terminal it runs in. */
export interface Cli {
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** Who asks, for the audit. */
  readonly actor: string;
  /** What is being done, a line each; on the standard error with --json. */
  say(text: string): void;
  /** The answer of the command: `value` with --json, else the text. */
  result(value: unknown, text: string): void;
}

export const EXIT = { done: 0, refused: 1, usage: 2, notConfirmed: 3, noConsole: 4 } as const;
