export { InlinePool, type InlinePoolOptions } from './inline-pool.js';
export type { Reply, Request } from './messages.js';
export { PiscinaPool, type PiscinaPoolOptions } from './piscina-pool.js';
export type { Pool, Watch } from './pool.js';
export { type CreateContext, serveThread } from './thread.js';
