export { InlinePool } from './inline-pool.js';
export { PiscinaPool, type PiscinaPoolOptions, usualWorkers } from './piscina-pool.js';
export type { Pool, Watch } from './pool.js';
export { serveThread } from './thread.js';
