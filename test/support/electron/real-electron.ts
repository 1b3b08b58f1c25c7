/** A real Electron for the end-to-end tests. */
export interface Electron {
  readonly executablePath: string;
  /** Which one it is, as the run says it. */
  readonly what: string;
  readonly version: string;
}
