import { existsSync } from 'node:fs';
import { describe, test } from 'vitest';
import { engineOptions } from '../support/script-engine-options.ts';
import { loadScenarios } from '../support/script-files.ts';
import { runScenario } from '../support/script-runner.ts';
import { builtEngine, TcpPeer } from '../support/script-tcp-peer.ts';

if (!existsSync('out/main/engine.js')) throw new Error('the engine is not built: run "npm run build" first');

// Each scenario over loopback against the built engine, in real time.
for (const scenario of loadScenarios('test/conformance/scripts')) {
  if (!scenario.on.includes('tcp')) continue;
  describe.concurrent(`${scenario.number}: ${scenario.title}`, () => {
    test('tcp', async () => {
      await runScenario(scenario, await TcpPeer.open(builtEngine(engineOptions(scenario))));
    });
  });
}
