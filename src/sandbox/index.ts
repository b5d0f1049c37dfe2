export type { Operation, RunEvents } from '../launcher/index.js';
export type { Backend, RunningSandbox } from './backend.js';
export { checkEnforceable } from './enforce.js';
export { type Host, hasController, readHost } from './host.js';
export { readNameFiles } from './name-files.js';
export { outputPath, planRun, type StagedFile } from './plan.js';
export type { Ids } from './root.js';
export { planUnpack } from './unpack-plan.js';
export { groupsOfUser, type Identity, resolveImageUser, resolveUser } from './users.js';
