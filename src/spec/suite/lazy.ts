import type { loadSuites as load } from './load.js';

/** As `loadSuites` of load.ts, which brings a YAML parser: it is loaded when there is something to parse. */
export const loadSuites: typeof load = async (paths, options) =>
  await (await import('./load.js')).loadSuites(paths, options);
