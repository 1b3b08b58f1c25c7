const SOH = '\x01';
/** Password(554) and NewPassword(925): `tag=value` up to the separator, which is SOH, or `|` as logs for people have it. */
const SECRET_FIELD = new RegExp(`(^|[^0-9])(554|925)=[^${SOH}|]*`, 'g');
/** Properties whose values never reach a log. */
const SECRET_NAMES = new Set(['password', 'newpassword', 'token', 'secretkey', 'authorization', 'cookie']);
const MAX_DEPTH = 5;

export const MASK = '***';

/** FIX text with Password(554) and NewPassword(925) masked, wherever in the text a message begins. */
export function maskSecretFields(text: string): string {
  // Nearly every text has neither.
  return text.includes('554=') || text.includes('925=') ? text.replace(SECRET_FIELD, `$1$2=${MASK}`) : text;
}

/** What a logger is given, with secrets masked by property name and within every text; errors are left to the logger's serializer. */
export function maskSecrets(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return maskSecretFields(value);
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date) return value;
  if (depth === MAX_DEPTH) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => maskSecrets(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      SECRET_NAMES.has(name.toLowerCase()) && item !== null && item !== undefined ? MASK : maskSecrets(item, depth + 1),
    ]),
  );
}
