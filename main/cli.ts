#!/usr/bin/env node
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from './base/errors.ts';
import { NoConsole, Refused } from './cli/admin-client.ts';
import { type Cli, EXIT } from './cli/cli.ts';
import { incidentCommand, incidentsCommand } from './cli/incident-commands.ts';
import { killCommand } from './cli/kill-command.ts';
import { actionCommand, doctorCommand, lpCommand, statusCommand, tailCommand, takeOverCommand } from './cli/lp-commands.ts';
import { isRole, tokenCommand, tokenCreate, tokenList, tokenRevoke } from './cli/token-commands.ts';
import { defaultDataDir } from './settings/data-folder.ts';

/** `vfxlp`: the console of this machine from a terminal. */
const USAGE = `vfxlp: the console on this machine, from a terminal
  vfxlp status                          every LP
  vfxlp lp LP                           one LP
  vfxlp kill LP --reason TEXT           latch, Logout, engine and tunnel ended; stays down until re-armed
  vfxlp kill --all --reason TEXT        the same for every LP
  vfxlp rearm LP --reason TEXT          takes the kill latch off; the LP stays inactive
  vfxlp activate LP [--reason TEXT]
  vfxlp deactivate LP [--reason TEXT]
  vfxlp incidents                       the kills, newest first
  vfxlp incident ID                     one kill with its log of steps and its evidence, as JSON
  vfxlp takeover LP --reason TEXT       the silent console that owned it is gone: take over what it owned
  vfxlp tail LP                         key events as they come, until Ctrl+C
  vfxlp token                           the address of the browser console, with the console's own token
  vfxlp token list
  vfxlp token create NAME --role viewer|operator|admin [--days N | --never]
                                        prints the token, this once (default: 90 days)
  vfxlp token revoke NAME               ends it at once, and what is connected with it
  vfxlp doctor                          whether what this tool needs is there, and the console's health
  --wait MS        how long the console may take to answer before kill does without it (default 300)
  --data-dir DIR   the console's data folder (default: VFXLP_DATA_DIR, else the platform's)
  --json           the answer as JSON; what is being done goes to the standard error
The token is VFXLP_ADMIN_TOKEN, or admin-token in the data folder.
token works on the files of a console that does not run, too.
kill does not need the console: when it has not answered in time, the latch is put on its disk, and its engines and tunnels are
ended by their process ids, after a Logout.
Exit status: 0 done; 1 refused, or a check failed; 2 wrong arguments; 3 a kill of which not everything is known to be done; 4 no
console answers
`;

class Usage extends Error {
  override readonly name = 'Usage';
}

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help || positionals.length === 0) {
    process.stdout.write(USAGE);
    return values.help ? EXIT.done : EXIT.usage;
  }
  const cli: Cli = {
    dataDir: resolve(values['data-dir'] ?? (process.env['VFXLP_DATA_DIR'] || defaultDataDir(process.env))),
    env: process.env,
    actor: `${userInfo().username} (vfxlp)`,
    say: (text) => (values.json ? process.stderr : process.stdout).write(`${text}\n`),
    result: (value, text) => process.stdout.write(`${values.json ? JSON.stringify(value) : text}\n`),
  };
  const [command, provider, ...rest] = positionals;
  if (command === 'token') return runToken(cli, [provider, ...rest], values);
  if (rest.length > 0) throw new Usage(`What is ${rest.join(' ')}?`);
  const lp = (): string => {
    if (provider === undefined) throw new Usage(`vfxlp ${command} needs the name of an LP`);
    if (!/^[A-Za-z0-9_.-]+$/.test(provider)) throw new Usage(`${provider} is no name of an LP: letters, digits, _ . -`);
    return provider;
  };
  const reason = (): string => {
    if (values.reason === undefined || values.reason.trim() === '') throw new Usage(`vfxlp ${command} needs --reason TEXT`);
    return values.reason.trim();
  };
  if (values.all && command !== 'kill') throw new Usage('--all is for kill only');
  switch (command) {
    case 'status':
      return statusCommand(cli);
    case 'lp':
      return lpCommand(cli, lp());
    case 'kill':
      if (values.all && provider !== undefined) throw new Usage(`Either ${provider} or --all`);
      return killCommand(cli, values.all ? null : lp(), reason(), waitMs(values.wait));
    case 'rearm':
      return actionCommand(cli, 'rearm', lp(), reason());
    case 'activate':
    case 'deactivate':
      return actionCommand(cli, command, lp(), values.reason === undefined ? `vfxlp ${command}` : reason());
    case 'takeover':
      return takeOverCommand(cli, lp(), reason());
    case 'tail':
      return tailCommand(cli, lp());
    case 'incidents':
      return incidentsCommand(cli);
    case 'incident':
      if (provider === undefined) throw new Usage('vfxlp incident needs the ID of an incident, as vfxlp incidents tells it');
      return incidentCommand(cli, provider);
    case 'doctor':
      return doctorCommand(cli);
    default:
      throw new Usage(`There is no command ${command}`);
  }
}

const DEFAULT_DAYS = 90;

async function runToken(
  cli: Cli,
  [what, name, ...rest]: readonly (string | undefined)[],
  values: ReturnType<typeof parse>['values'],
): Promise<number> {
  if (rest.length > 0) throw new Usage(`What is ${rest.join(' ')}?`);
  if (what === undefined) return tokenCommand(cli);
  if (what === 'list') return tokenList(cli);
  if (name === undefined || !/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(name)) {
    throw new Usage(`vfxlp token ${what} needs a name: letters, digits, _ . -`);
  }
  if (what === 'revoke') return tokenRevoke(cli, name);
  if (what !== 'create') throw new Usage(`There is no command token ${what}`);
  const { role = '', days, never } = values;
  if (!isRole(role)) throw new Usage('vfxlp token create needs --role viewer, operator or admin');
  if (never && days !== undefined) throw new Usage('Either --days N or --never');
  if (days !== undefined && !(/^\d{1,4}$/.test(days) && Number(days) >= 1 && Number(days) <= 3_660))
    throw new Usage(`--days ${days}: give 1 to 3660`);
  return tokenCreate(cli, name, role, never ? null : Number(days ?? DEFAULT_DAYS));
}

function waitMs(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new Usage(`--wait ${text}: give milliseconds`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        all: { type: 'boolean', default: false },
        reason: { type: 'string' },
        'data-dir': { type: 'string' },
        wait: { type: 'string', default: '300' },
        role: { type: 'string' },
        days: { type: 'string' },
        never: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Usage(messageOf(error));
  }
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  if (error instanceof Usage) process.exitCode = EXIT.usage;
  else process.exitCode = error instanceof NoConsole ? EXIT.noConsole : EXIT.refused;
  if (!(error instanceof Usage || error instanceof NoConsole || error instanceof Refused)) process.stderr.write(USAGE);
}
