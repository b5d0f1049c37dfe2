export {
  type OwnSeccomp,
  type Seccomp,
  type SeccompName,
  type SeccompProfile,
  seccompSchema,
} from './profile.js';
export { parseSeccompProfile, readSeccompProfile, resolveSeccomp } from './read.js';
export type { ProfileCondition, ProfileRule, ProfileTest, SeccompOp } from './rule.js';
export { type SeccompUsed, seccompUsed, seccompUsedSchema } from './used.js';
export { SECCOMP_BOUNDS, SECCOMP_NAMES } from './words.js';
