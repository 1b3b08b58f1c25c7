/** The frame that a request came from, as Electron tells it. */
export interface SenderFrame {
  readonly url: string;
  /** Null for the main frame of a window. */
  readonly parent: unknown;
}

/**
 * Whether a request comes from the main frame of our own page: same origin and path as `rendererUrl` (query and fragment are the
 * page's own). A frame that navigated away meanwhile is null.
 */
export function isTrustedSender(frame: SenderFrame | null, rendererUrl: string): boolean {
  if (frame === null || frame.parent !== null || !URL.canParse(frame.url)) return false;
  const sent = new URL(frame.url);
  const own = new URL(rendererUrl);
  // The origin of file: URLs is opaque ("null"), so protocol and host are compared by themselves.
  return sent.protocol === own.protocol && sent.host === own.host && sent.pathname === own.pathname;
}
