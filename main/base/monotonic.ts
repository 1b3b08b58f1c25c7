/** Time in ms that nobody sets, and that all processes of a machine share; it says nothing of the time of day. */
export const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000;
