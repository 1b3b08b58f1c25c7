// Writes out/notices: the licence of everything that a package ships, and its bill of materials (CycloneDX).
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const LICENCE = /^(licen[cs]e|copying|notice)/i;
const FOLDER = 'out/notices';
/** PostgreSQL and the libraries that its programs bring. */
const OF_POSTGRESQL = 'packaging/licences';
const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the
following conditions: The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY
CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE
SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

const npm = (...args) =>
  execFileSync('npm', args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** The texts of a package's licence files; of one that has none, the text that its package.json names. */
function licenceOf(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder)
    .filter((file) => LICENCE.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  if (texts.length === 0) {
    if (license !== 'MIT')
      throw new Error(`${name} ${version} has no licence text, and is not under the MIT licence but ${license}`);
    texts.push(
      `MIT licence. Copyright (c) ${typeof author === 'object' ? author.name : (author ?? `the authors of ${name}`)}\n\n${MIT}`,
    );
  }
  return { title: `${name} ${version} (${license})`, text: texts.join('\n\n') };
}

// By the lock file: node_modules may have what an install script has put there. What another system takes is not there.
const [, ...folders] = npm('ls', '--omit=dev', '--all', '--parseable', '--package-lock-only').trim().split(/\r?\n/);
const packages = folders
  .filter((folder) => existsSync(folder))
  .map(licenceOf)
  .sort((a, b) => (a.title < b.title ? -1 : 1));
const libraries = readdirSync(OF_POSTGRESQL).map((file) => ({
  title: `${basename(file, '.txt')} (in the programs of PostgreSQL)`,
  text: readFileSync(join(OF_POSTGRESQL, file), 'utf8').trim(),
}));
const rule = '='.repeat(80);
const sections = [...libraries, ...packages].map(({ title, text }) => `${rule}\n${title}\n${rule}\n\n${text}\n`);
const head =
  'What the VFXLP console ships besides its own code, and under which licence. Of Electron and Chromium: LICENSE.electron.txt and\nLICENSES.chromium.html beside the program.\n';

mkdirSync(FOLDER, { recursive: true });
writeFileSync(join(FOLDER, 'THIRD-PARTY.txt'), [head, ...sections].join('\n'));
writeFileSync(join(FOLDER, 'sbom.cdx.json'), npm('sbom', '--omit=dev', '--sbom-format=cyclonedx', '--package-lock-only'));
console.log(`${FOLDER}: licences of ${packages.length} packages and ${libraries.length} libraries, and the bill of materials`);
