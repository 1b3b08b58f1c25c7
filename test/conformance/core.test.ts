import { describe, test } from 'vitest';
import { CorePeer } from '../support/script-core-peer.ts';
import { loadScenarios } from '../support/script-files.ts';
import { coreOptions } from '../support/script-options.ts';
import { runScenario } from '../support/script-runner.ts';

// Each scenario on the session core, with a fake clock.
for (const scenario of loadScenarios('test/conformance/scripts')) {
  if (!scenario.on.includes('core')) continue;
  describe(`${scenario.number}: ${scenario.title}`, () => {
    test('core', async () => {
      const { settings, options } = coreOptions(scenario);
      await runScenario(scenario, new CorePeer(settings, options));
    });
  });
}
