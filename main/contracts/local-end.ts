/**
 * Local end of a tunnel: a Unix socket in a folder that only this user may enter, since whoever can connect to it speaks with our client
 * certificate. A port of loopback, which every user of the machine can reach, only where stunnel has no such socket (Windows).
 */
export type LocalEnd = { readonly path: string } | { readonly host: string; readonly port: number };
