export type { Operation, RunEvents } from '../launcher/index.js';
export type { Backend, RunningSandbox } from './backend.js';
export type { Ids } from './builder.js';
export { checkEnforceable } from './enforce.js';
export { type Host, hasController, hostAsTried, readHost } from './host.js';
export { readNameFiles } from './name-files.js';
export { outputPath, planRun, type StagedFile, systemCallsOf } from './plan.js';
export {
  hostArch,
  policyOfProfile,
  profileText,
  SHOWN_POLICIES,
  tracedPolicy,
  unknownNames,
} from './seccomp/index.js';
export { ownIds } from './subordinate-ids.js';
export { planUnpack } from './unpack-plan.js';
export { groupsOfUser, type Identity, resolveImageUser, resolveUser } from './users.js';
