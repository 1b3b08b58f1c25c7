import { readFileSync } from 'node:fs';
import { credsAuthenticator, nkeyAuthenticator } from 'nats.ws';
import { messageOf } from '../base/errors.ts';

/** Where NATS is, and the files that say who we are and whom we trust; each is read anew for every connection. */
export interface NatsServer {
  /** ws:// or wss://, with user:password@ or token@ if the server asks for them; its path is kept. */
  readonly url: string;
  /** `.creds` of a user: JWT and seed; null: none. */
  readonly credentialsFile: string | null;
  /** Seed of an nkey; null: none. */
  readonly nkeyFile: string | null;
  /** PEM; null: the authorities of the system. */
  readonly caFile: string | null;
}

/** The address without a password. */
export function addressOf({ url }: NatsServer): string {
  const address = new URL(url);
  address.username = '';
  address.password = '';
  return address.href;
}

/** What the library is told to prove who we are. @throws Error naming a file that cannot be used */
export function identityFor({ url, credentialsFile, nkeyFile }: NatsServer) {
  if (credentialsFile !== null)
    return { authenticator: used('credentials file', credentialsFile, (text) => credsAuthenticator(Buffer.from(text))) };
  if (nkeyFile !== null)
    return { authenticator: used('nkey file', nkeyFile, (text) => nkeyAuthenticator(Buffer.from(text.trim()))) };
  const { username, password } = new URL(url);
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
  if (user === '') return {};
  return pass === '' ? { token: user } : { user, pass };
}

/** @throws Error naming a file that cannot be used */
export function trustFor({ caFile }: NatsServer): { readonly ca?: string } {
  return caFile === null ? {} : { ca: used('CA file', caFile, (text) => text) };
}

function used<T>(name: string, file: string, use: (text: string) => T): T {
  try {
    return use(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`The ${name} ${file} cannot be used: ${messageOf(error)}`, { cause: error });
  }
}
