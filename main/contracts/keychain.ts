/** What the operating system keeps secrets with, for this user alone. */
export interface Keychain {
  /** As the system calls it. */
  readonly name: string;
  /** Throws when it is locked or gone. */
  seal(plain: string): Buffer;
  /** Throws when it is locked, or what was sealed is another's. */
  open(sealed: Buffer): string;
}
