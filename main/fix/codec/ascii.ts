/** Field delimiter of tag=value FIX. */
export const SOH = 0x01;
export const EQUALS = 0x3d;
export const ZERO = 0x30;
export const NINE = 0x39;

/** Bytes of an ASCII literal, made once at module load. */
export const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
