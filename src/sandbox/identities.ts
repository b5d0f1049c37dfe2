/** Who a program is on the host when an ordinary user runs it; the three cases are those of src/native/ordinary.c. */
import { HotcellError, quote } from '../core/index.js';
import { type Operation, protocolLimits, type SourceFlag } from '../launcher/index.js';
import { imageKind, type Job } from '../spec/index.js';
import type { Ids } from './builder.js';
import type { Host } from './host.js';

export type WithIdentities = Pick<Host, 'identities'>;

const isOrdinary = ({ identities }: WithIdentities): boolean => identities !== 'host';

/**
 * Whether somebody inside is the user outside, and all ids are not nobody's: files that outlive the run, those of mounts and
 * images, are the user's own, or would be nobody's.
 */
export function isCaller({ image, mounts }: Job, { identities }: WithIdentities): boolean {
  if (identities === 'single') return true;
  return identities === 'ranges' && (mounts.length > 0 || imageKind(image).kind !== 'host');
}

/** The user of jobs that do not name one. */
const isUser = ({ uid, gid }: Ids): boolean => uid === protocolLimits.userId && gid === protocolLimits.userId;

/** Who that is inside; null where it is nobody. The root of an image from the store owns its files, whoever runs in it. */
export function callerSpace(job: Job, host: WithIdentities, ids: Ids): 'callerRoot' | 'callerUser' | null {
  if (!isCaller(job, host)) return null;
  const isUsers = host.identities === 'single' || imageKind(job.image).kind !== 'store';
  return isUsers && isUser(ids) ? 'callerUser' : 'callerRoot';
}

/** Where there is nobody else, all that a sandbox begins with is the program's. */
export function withOneOwner(operations: readonly Operation[], { uid, gid }: Ids): Operation[] {
  return operations.map((operation) => {
    if (operation.op === 'devpts') return { ...operation, gid };
    return 'uid' in operation ? { ...operation, uid, gid } : operation;
  });
}

/** Only the host's root may show files as somebody else's; and whoever is not gets mounts with all that lies in them, or not. */
export function layerFlags(host: WithIdentities): readonly SourceFlag[] {
  return isOrdinary(host) ? ['recursive'] : ['mapSlot'];
}

export function mountFlags(host: WithIdentities): readonly SourceFlag[] {
  return isOrdinary(host) ? ['recursive'] : ['mapOwner'];
}

/** The remedy for too few ids, as a command for who may give it. */
export const moreIdsRemedy = (name: string): string =>
  `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${name}`;

interface IdsInput {
  readonly job: Job;
  readonly host: Host;
  readonly ids: Ids;
  readonly groups?: readonly number[] | undefined;
}

function checkSingle({ ids, groups = [] }: IdsInput): void {
  const { uid, gid } = ids;
  if (groups.length === 0 && (isUser(ids) || (uid === 0 && gid === 0))) return;
  const { userId } = protocolLimits;
  throw new HotcellError({
    code: 'isolation-unavailable',
    message: `user ${uid}:${gid}: you have no user ids on this host besides your own, so a program of yours can only be ${userId}:${userId} or 0:0`,
    hint: `get more ids: ${moreIdsRemedy('YOU')} ("hotcell doctor" says it with your name)`,
  });
}

/** @throws HotcellError `isolation-unavailable` for a user that an ordinary user's sandbox cannot have */
export function checkIds(input: IdsInput): void {
  const { job, host, ids } = input;
  if (!isOrdinary(host) || job.isolation === 'none') return;
  if (host.identities === 'single') checkSingle(input);
  const writable = job.mounts.find(({ mode }) => mode === 'rw');
  if (writable === undefined || ids.uid === 0 || callerSpace(job, host, ids) === 'callerUser') return;
  throw new HotcellError({
    code: 'isolation-unavailable',
    message: `user ${ids.uid}:${ids.gid} could not write to the mount ${quote(writable.target)}: without root on this host, your files belong to the root of the sandbox`,
    hint: 'run it as user 0:0, mount it read-only (ro) or as an overlay, or run hotcell as root',
  });
}
