import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Prints the conformance table: a line per scenario with what the core and the engine over TCP made of it, failures in full below. */
export default class TableReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const rows = new Map<string, Map<string, TestCase>>();
    for (const module of modules) {
      for (const error of module.errors()) console.error(error.message);
      for (const test of module.children.allTests()) {
        // Left out by a filter of the person at the command line.
        if (test.result().state === 'skipped') continue;
        const scenario = test.parent.type === 'suite' ? test.parent.name : test.name;
        const row = rows.get(scenario) ?? new Map<string, TestCase>();
        rows.set(scenario, row.set(test.name, test));
      }
    }
    const cell = (test: TestCase | undefined): string =>
      test === undefined ? '-' : test.result().state === 'passed' ? 'pass' : 'FAIL';
    console.log('\ncore  tcp   scenario\n----  ----  --------');
    const failures: string[] = [];
    let passed = 0;
    for (const [scenario, row] of rows) {
      console.log(`${cell(row.get('core')).padEnd(4)}  ${cell(row.get('tcp')).padEnd(4)}  ${scenario}`);
      for (const [on, test] of row) {
        const result = test.result();
        if (result.state === 'passed') passed += 1;
        else failures.push(`FAIL ${on}  ${scenario}\n${(result.errors ?? []).map((error) => error.message).join('\n')}`);
      }
    }
    for (const failure of failures) console.log(`\n${failure}`);
    for (const error of unhandled) console.error(error);
    console.log(`\n${rows.size} scenarios, ${passed} runs passed, ${failures.length} failed`);
  }
}
