import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';

const FOLDER = 'out/test';

/**
 * Compiles a C++ file of the tests into out/test unless the program there is newer than its source. Answers the program's path. Rejects naming
 * the Debian packages when the compiler or QuickFIX is missing, and with the compiler's words when the source does not compile.
 */
export async function compileCpp(source: string, libraries: readonly ('quickfix' | 'pthread')[]): Promise<string> {
  const program = `${FOLDER}/${basename(source, '.cpp')}`;
  const built = await stat(program).catch(() => null);
  if (built !== null && built.mtimeMs > (await stat(source)).mtimeMs) return program;
  if (libraries.includes('quickfix') && !existsSync('/usr/include/quickfix/Session.h')) throw missing('QuickFIX C++');
  await mkdir(FOLDER, { recursive: true });
  // Two test files may compile at once: each writes its own file, and the last rename wins.
  const fresh = `${program}.${process.pid}`;
  try {
    // C++14: QuickFIX 1.15 still has exception specifications, which C++17 no longer takes.
    await promisify(execFile)('g++', ['-std=c++14', '-O2', '-w', '-o', fresh, source, ...libraries.map((name) => `-l${name}`)]);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw missing('g++');
    throw error;
  }
  await rename(fresh, program);
  return program;
}

const missing = (what: string): Error =>
  new Error(`${what} is not installed: run "apt-get install g++ libquickfix-dev" and start again`);
