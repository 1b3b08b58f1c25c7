/** Tags of the FIX 4.4 standard header and trailer; what stands between them is the body. */
const ENVELOPE = new Set([
  8, 9, 35, 49, 56, 115, 128, 90, 91, 34, 50, 142, 57, 143, 116, 144, 129, 145, 43, 97, 52, 122, 212, 213, 347, 369, 627, 628,
  629, 630, 93, 89, 10,
]);

/** Whether the session sets this field, and not whoever sends an application message. */
export const isEnvelope = (tag: number): boolean => ENVELOPE.has(tag);
