/** The integration tests as an ordinary user runs them: nothing is built, for nothing may be written where it lies. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  oxc: { target: 'es2022' },
  root: fileURLToPath(new URL('.', import.meta.url)),
  cacheDir: '/tmp/hotcell-vitest-cache',
  test: {
    include: ['test/{integration,rootless,security}/**/*.test.ts'],
    setupFiles: ['test/support/fail-on-warning.ts'],
    reporters: ['default', 'json'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
