import { MASK, maskSecretFields } from './redaction.ts';

/** What precedes the host of a URL, and the values of its query that are named as secrets. */
const URL_LOGIN = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@]{1,500}@/gi;
const NAMED =
  /((?:password|token|secret|key|authorization)[a-z0-9_-]{0,20}["']?\s{0,3}[=:]\s{0,3}["']?)(?:bearer\s{1,3})?[^\s"'&,;}]{1,500}/gi;
/** As the console makes its keys and tokens, and longer. */
const LONG_HEX = /\b[0-9a-f]{32,}\b/gi;

/** A text of a fault, without what looks like a secret: nobody knows what an error quotes, so that too much is hidden rather than too little. */
export const hideSecrets = (text: string): string =>
  maskSecretFields(text).replace(URL_LOGIN, `$1${MASK}@`).replace(NAMED, `$1${MASK}`).replace(LONG_HEX, MASK);
