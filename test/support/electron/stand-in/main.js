// Loads the application that the command line names, as Electron's own default application does.
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const named = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (named === undefined) throw new Error('Name the application: electron path/to/main.js');
const entry = resolve(named);
app.setAppPath(dirname(entry));
await import(pathToFileURL(entry).href);
