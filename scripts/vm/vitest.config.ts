import { defineConfig } from 'vitest/config';
import { scaledMs } from '../../test/support/time-scale.js';
import { isLane, TESTS } from './lanes.js';

const lane = process.env.HOTCELL_VM_LANE ?? '';
if (!isLane(lane)) throw new Error(`HOTCELL_VM_LANE: "${lane}" is no lane`);

export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    include: [...TESTS[lane]],
    setupFiles: ['test/support/fail-on-warning.js'],
    // All but the test files themselves is loaded as it is, once: it was compiled outside, see transpile.ts.
    server: { deps: { external: [/\/src\//, /\/test\/support\//] } },
    isolate: false,
    fileParallelism: false,
    testTimeout: scaledMs(60_000),
    hookTimeout: scaledMs(60_000),
  },
});
