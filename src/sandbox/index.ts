export { checkEnforceable } from './enforce.js';
export { type Host, hasController, readHost } from './host.js';
export { outputPath, planRun, type StagedFile } from './plan.js';
export type { Ids } from './root.js';
export { resolveUser } from './users.js';
