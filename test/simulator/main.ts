import { prepareJspurefix } from './lean-jspurefix.ts';
import { parseOptions, type SimulatorOptions, USAGE } from './options.ts';

function readOptions(): SimulatorOptions {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options !== null) return options;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

const options = readOptions();
if (options.owned) {
  process.stdin.resume();
  process.stdin.on('close', () => process.exit(0));
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0));

// After prepareJspurefix: what these import must already load leanly.
prepareJspurefix();
const [{ SimulatedLp }, { startControl }] = await Promise.all([import('./lp.ts'), import('./control.ts')]);
const lp = await SimulatedLp.start(options);
const control = await startControl(lp, options.controlPort);
const address = control.address();
console.log(JSON.stringify({ port: lp.port, controlPort: typeof address === 'object' ? address?.port : null, pid: process.pid }));
