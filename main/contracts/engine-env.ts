type Env = Readonly<Record<string, string | undefined>>;

/** The environment of an engine, or of another process of the console's: its own without its settings, for those hold its secrets and no child reads them. */
export function engineEnv(env: Env): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('VFXLP_')),
  );
}
