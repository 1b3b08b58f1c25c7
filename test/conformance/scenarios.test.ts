import { existsSync } from 'node:fs';
import { describe, test } from 'vitest';
import { CorePeer } from '../support/script-core-peer.ts';
import { engineOptions } from '../support/script-engine-options.ts';
import { loadScenarios } from '../support/script-files.ts';
import { coreOptions } from '../support/script-options.ts';
import { runScenario } from '../support/script-runner.ts';
import { builtEngine, TcpPeer } from '../support/script-tcp-peer.ts';

if (!existsSync('out/main/engine.js')) throw new Error('the engine is not built: run "npm run build" first');

// Each scenario twice: on the session core with a fake clock, and over loopback against the built engine in real time.
for (const scenario of loadScenarios('test/conformance/scripts')) {
  describe.concurrent(`${scenario.number}: ${scenario.title}`, () => {
    if (scenario.on.includes('core')) {
      test('core', async () => {
        const { settings, options } = coreOptions(scenario);
        await runScenario(scenario, new CorePeer(settings, options));
      });
    }
    if (scenario.on.includes('tcp')) {
      test('tcp', async () => {
        await runScenario(scenario, await TcpPeer.open(builtEngine(engineOptions(scenario))));
      });
    }
  });
}
