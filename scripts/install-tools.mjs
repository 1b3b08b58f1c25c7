// Installs the tools that the tests need where it may (root on Debian), and names those that are missing where it may not.
import { requireElectron } from '../test/support/electron/electron.ts';
import { findTool, requireTool, TOOL_NAMES } from '../test/support/system-tools.ts';

const missing = [];
for (const name of TOOL_NAMES) {
  const present = findTool(name);
  try {
    const path = present ?? (await requireTool(name));
    console.log(`${name.padEnd(16)} ${present === null ? 'installed: ' : ''}${path}`);
  } catch (error) {
    missing.push(error instanceof Error ? error.message : String(error));
  }
}
try {
  const { what, executablePath } = await requireElectron();
  console.log(`${'electron'.padEnd(16)} ${executablePath} (${what})`);
} catch (error) {
  missing.push(error instanceof Error ? error.message : String(error));
}
for (const message of missing) console.error(message);
process.exit(missing.length === 0 ? 0 : 1);
