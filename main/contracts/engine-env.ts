type Env = Readonly<Record<string, string | undefined>>;

/** The environment of an engine process: the console's without its settings, for those hold its secrets and an engine reads none. */
export function engineEnv(env: Env): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('VFXLP_')),
  );
}
