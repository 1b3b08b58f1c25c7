import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseScript, type Scenario } from './script-parser.ts';

/** All scenarios of a folder of `.fixs` files, in the order of the standard's numbers. Throws on a script that cannot be read. */
export function loadScenarios(folder: string): Scenario[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.fixs'))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || a.localeCompare(b))
    .flatMap((name) => parseScript(name, readFileSync(join(folder, name), 'utf8')));
}
