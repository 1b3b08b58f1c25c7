import type { Health } from '../contracts/lp-view.ts';

/** What may be told of the settings: names and places, no secret. */
interface ToldSettings {
  readonly databaseUrl: string | null;
  readonly natsUrl: string | null;
  readonly dataDir: string;
  readonly fixLogDir: string;
  readonly logQuota: { readonly bytes: number; readonly days: number };
  readonly adminHost: string;
  readonly adminPort: number | null;
  readonly tls: object | null;
  readonly rearmByTwo: boolean;
  readonly asksBeforeTakeOver: boolean;
}

export interface Diagnostics {
  readonly version: string;
  readonly versions: Readonly<Record<string, string | undefined>>;
  readonly system: string;
  readonly health: Health;
  readonly loggedOn: number;
  readonly settings: ToldSettings;
  /** Where the key of the passwords is kept, in words. */
  readonly keyKept: string;
}

/** For a colleague or a ticket: one fact a line. What is told of the settings is named here, one by one; a setting that is new is not told. */
export function diagnosticsText({ version, versions, system, health, loggedOn, settings, keyKept }: Diagnostics): string {
  const { electron, chrome, node } = versions;
  const line = ([name, value]: readonly [string, string | number]): string => `${name}: ${value}`;
  const parts = (['database', 'nats', 'disk', 'engines', 'ownership', 'console'] as const).map(
    (part) => [`health of ${part}`, `${health[part].state}, ${withoutUrls(health[part].text)}`] as const,
  );
  return [
    ['VFXLP console', version],
    ['Electron, Chromium, Node', [electron, chrome, node].join(', ')],
    ['system', system],
    ['LPs logged on here', loggedOn],
    ...parts,
    ['database', settings.databaseUrl === null ? 'embedded' : hostOf(settings.databaseUrl)],
    ['NATS', settings.natsUrl === null ? 'off' : hostOf(settings.natsUrl)],
    ['data folder', settings.dataDir],
    ['FIX log folder', settings.fixLogDir],
    ['log quota', `${settings.logQuota.bytes} bytes, ${settings.logQuota.days} days (0: no limit)`],
    [
      'admin port',
      settings.adminPort === null ? 'off' : `${settings.adminHost}:${settings.adminPort}${settings.tls === null ? '' : ', TLS'}`,
    ],
    ['re-arm by two', settings.rearmByTwo ? 'yes' : 'no'],
    ['take-over', settings.asksBeforeTakeOver ? 'ask' : 'auto'],
    ['key of the passwords', keyKept],
  ]
    .map((fact) => line(fact as readonly [string, string | number]))
    .join('\n');
}

/** A URL may carry a password before its host, and in its query. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host || 'a local socket' : 'a URL that cannot be read';
}

/** Texts quote what failed. */
function withoutUrls(text: string): string {
  return text.replace(/[a-z][a-z0-9+.-]*:\/\/\S+/gi, (url) => `${url.slice(0, url.indexOf('://'))}://${hostOf(url)}`);
}
