/** A value that cannot be sent as it is: empty, containing SOH, out of range. For whoever made the value; names the tag and the fix. */
export class EncodeError extends Error {
  readonly tag: number;

  constructor(tag: number, message: string) {
    super(`Tag ${tag}: ${message}`);
    this.name = 'EncodeError';
    this.tag = tag;
  }
}
