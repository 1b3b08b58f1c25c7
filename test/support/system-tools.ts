import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The system tools that tests need: the file that shows that one is there, and the Debian package that brings it. */
const TOOLS = {
  'nats-server': { files: ['nats-server'], package: 'nats-server' },
  pgbouncer: { files: ['pgbouncer'], package: 'pgbouncer' },
  stunnel: { files: ['stunnel', 'stunnel4'], package: 'stunnel4' },
  openssl: { files: ['openssl'], package: 'openssl' },
  chromium: { files: ['chromium', 'chromium-browser', 'google-chrome'], package: 'chromium' },
  xvfb: { files: ['Xvfb'], package: 'xvfb' },
  script: { files: ['script'], package: 'bsdutils' },
  unzip: { files: ['unzip'], package: 'unzip' },
  'g++': { files: ['g++'], package: 'g++' },
  ip: { files: ['ip'], package: 'iproute2' },
  libfaketime: {
    files: ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`),
    package: 'libfaketime',
  },
  'libquickfix-dev': { files: ['/usr/include/quickfix/Application.h'], package: 'libquickfix-dev' },
} as const;

export type ToolName = keyof typeof TOOLS;
export const TOOL_NAMES = Object.keys(TOOLS) as readonly ToolName[];

/** Services and npm scripts are often started with a PATH that lacks these. */
const ALSO_IN = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin'];

/** Path of the tool, or null when it is not on this machine. */
export function findTool(name: ToolName): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''), ...ALSO_IN];
  for (const file of TOOLS[name].files) {
    if (file.startsWith('/')) {
      if (existsSync(file)) return file;
      continue;
    }
    for (const folder of folders) if (isExecutable(join(folder, file))) return join(folder, file);
  }
  return null;
}

const installing = new Map<string, Promise<void>>();

/**
 * Path of the tool; when it is missing and this process is root on a Debian system, it is installed first.
 * @throws Error naming the tool, its package and the command to install it.
 */
export async function requireTool(name: ToolName): Promise<string> {
  const found = findTool(name);
  if (found !== null) return found;
  const packageName = TOOLS[name].package;
  const command = `apt-get install -y ${packageName}`;
  if (process.getuid?.() !== 0 || !isExecutable('/usr/bin/apt-get')) {
    throw new Error(`${name} is missing: install it with “sudo ${command}”, or the package of that name on your system`);
  }
  const attempt = installing.get(packageName) ?? install(packageName);
  installing.set(packageName, attempt);
  await attempt;
  const installed = findTool(name);
  if (installed === null) throw new Error(`${name} is missing although “${command}” succeeded`);
  return installed;
}

async function install(packageName: string): Promise<void> {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 64 * 1024 * 1024 };
  // Another test process may be installing: wait for its lock.
  const argv = ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '--no-install-recommends', packageName];
  try {
    await run('apt-get', argv, options);
  } catch {
    // The package lists may be absent or old.
    await run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', 'update'], options);
    await run('apt-get', argv, options);
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
