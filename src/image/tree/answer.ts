/** What the tree writer says at its end. Twin: src/native/unpack.c. */
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import { type ErrorCode, HotcellError, quote } from '../../core/index.js';
import { treeAnswerId, treeLimits, treeStepId } from './ops-table.js';

type Step = keyof typeof treeStepId;

const STEP_NAMES: ReadonlyMap<number, Step> = new Map(
  (Object.keys(treeStepId) as Step[]).map((name) => [treeStepId[name], name]),
);

/** Complete as "cannot … PATH". */
const TRIED: Readonly<Record<Step, string>> = {
  protocol: 'read operations for',
  root: 'open the directory of the tree',
  parent: 'make the directory of',
  replace: 'replace',
  create: 'make',
  target: 'find the target of the hard link',
  link: 'make the hard link',
  owner: 'set the owner of',
  mode: 'set the mode of',
  times: 'set the times of',
  xattr: 'set an extended attribute of',
  write: 'write',
  remove: 'remove',
  sync: 'bring the tree to the disk after',
};

/** Steps that depend on what the entries before were: what they find missing is a fault of the archive. */
const ABOUT_OTHERS: readonly Step[] = ['parent', 'target', 'link', 'xattr'];

const { E2BIG, EACCES, EEXIST, ELOOP, EMLINK, ENAMETOOLONG, ENODATA, ENOENT, ENOTDIR, EOVERFLOW, EPERM } =
  constants.errno;
const WRONG: readonly number[] = [
  E2BIG,
  EEXIST,
  ELOOP,
  EMLINK,
  ENAMETOOLONG,
  ENODATA,
  ENOENT,
  ENOTDIR,
  EPERM,
];

/** What nothing refuses to the owner of everything: its directory belongs to somebody that the sandbox does not know. */
const UNMAPPED: readonly number[] = [EACCES, EOVERFLOW];

/** The most that an answer can be: two paths and their sizes. */
export const ANSWER_MAX_BYTES = treeLimits.frameHeaderBytes + 28 + 2 * (treeLimits.pathMaxBytes + 1);

export interface TreeFailure {
  /** Of the operation, from 0. */
  readonly index: number;
  readonly step: Step;
  readonly errno: number;
  readonly path: string;
  /** Of a hard link; else ''. */
  readonly target: string;
}

function reason({ step, errno }: TreeFailure): string {
  if (step === 'parent' && errno === E2BIG)
    return `more than ${treeLimits.parentsMax} directories without an entry of their own`;
  const [name, words] = getSystemErrorMap().get(-errno) ?? [];
  if (name !== undefined && words !== undefined) return `${words} (${name})`;
  return errno === constants.errno.EDQUOT ? 'disk quota exceeded (EDQUOT)' : `errno ${errno}`;
}

function garbled(): HotcellError {
  return new HotcellError({ code: 'internal', message: 'the tree writer gave an answer that means nothing' });
}

function readFailure(payload: Buffer): TreeFailure {
  const step = STEP_NAMES.get(payload.readUInt32LE(12));
  const pathSize = payload.readUInt32LE(20);
  const path = payload.subarray(24, 24 + pathSize - 1);
  const targetSize = payload.readUInt32LE(24 + pathSize);
  const target = payload.subarray(28 + pathSize, 28 + pathSize + targetSize - 1);
  if (step === undefined || payload.byteLength !== 28 + pathSize + targetSize) throw garbled();
  const index = Number(payload.readBigUInt64LE(0));
  return { index, step, errno: payload.readUInt32LE(16), path: path.toString(), target: target.toString() };
}

/**
 * Null = everything was done.
 *
 * @throws HotcellError `internal` when that is no answer
 */
export function readTreeAnswer(answer: Uint8Array): TreeFailure | null {
  const bytes = Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength);
  if (bytes.byteLength < treeLimits.frameHeaderBytes) throw garbled();
  const payload = bytes.subarray(treeLimits.frameHeaderBytes);
  if (payload.byteLength !== bytes.readUInt32LE(4)) throw garbled();
  const code = bytes.readUInt32LE(0);
  if (code === treeAnswerId.done && payload.byteLength === 0) return null;
  if (code !== treeAnswerId.failed || payload.byteLength < 28) throw garbled();
  try {
    return readFailure(payload);
  } catch (error) {
    throw error instanceof HotcellError ? error : garbled();
  }
}

function codeOf({ step, errno }: TreeFailure): ErrorCode {
  if (step === 'protocol') return 'internal';
  return ABOUT_OTHERS.includes(step) && WRONG.includes(errno) ? 'bad-archive' : 'io';
}

/** `bad-archive` when the entries contradict each other, `io` when the disk or its file system will not, else `internal`. */
export function treeError(failure: TreeFailure): HotcellError {
  const { step, errno, path, target, index } = failure;
  const entry = path === '' ? 'the directory itself' : quote(path);
  const to = target === '' ? '' : ` to ${quote(target)}`;
  const at = step === 'protocol' ? ` (operation ${index})` : '';
  return new HotcellError({
    code: codeOf(failure),
    message: `cannot ${TRIED[step]} ${entry}${to}: ${reason(failure)}${at}`,
    hint: UNMAPPED.includes(errno)
      ? 'the file system of images must be able to map owners: ext4, xfs, btrfs, tmpfs'
      : undefined,
  });
}
