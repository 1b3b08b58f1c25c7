import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const project = (name: string, testTimeout: number) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.{ts,tsx}`], testTimeout, hookTimeout: testTimeout },
});

export default defineConfig({
  plugins: [react({ jsxImportSource: '#visible' })],
  test: {
    // On two cores the default is one: most of what runs here waits for other processes.
    maxWorkers: '100%',
    projects: [
      project('unit', 10_000),
      project('conformance', 60_000),
      project('integration', 60_000),
      project('faults', 120_000),
    ],
  },
});
