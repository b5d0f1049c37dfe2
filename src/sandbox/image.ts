/** The operations that make an image the root. */
import { HotcellError, invalidSpec, quote } from '../core/index.js';
import { protocolLimits } from '../launcher/index.js';
import { imageKind, type Job, type ResolvedImage } from '../spec/index.js';
import type { Ids } from './builder.js';
import { type PlanBuilder, ROOT, text } from './builder.js';
import type { Host } from './host.js';
import { layerFlags } from './identities.js';
import type { NameFiles } from './name-files.js';

export interface ImageInput {
  readonly job: Job;
  readonly host: Host;
  readonly ids: Ids;
  /** Null or absent = as on a network of its own. */
  readonly names?: NameFiles | null | undefined;
  /** For an image of the store. */
  readonly image?: ResolvedImage | null | undefined;
}

/** The name of the job's user in the `host` image; root and nobody are as everywhere. */
const USER_NAME = 'box';

const LOCALHOST = text('127.0.0.1 localhost\n::1 localhost\n');

/** By path. With the host's network come its names, and the sandbox's own after them. */
function nameFiles({ hostname }: Job, names: NameFiles | null) {
  const own = text(`127.0.1.1 ${hostname}\n`);
  return {
    '/etc/hosts': Buffer.concat([names?.hosts ?? LOCALHOST, own]),
    '/etc/resolv.conf': names?.resolvConf ?? new Uint8Array(),
  };
}

function etcFiles(job: Job, ids: Ids): Readonly<Record<string, string>> {
  const named = ids.uid !== 0 && ids.uid !== 65534;
  return {
    '/etc/passwd': [
      'root:x:0:0:root:/root:/bin/sh',
      ...(named ? [`${USER_NAME}:x:${ids.uid}:${ids.gid}::/box:/bin/sh`] : []),
      'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
      '',
    ].join('\n'),
    '/etc/group': [
      'root:x:0:',
      'tty:x:5:',
      ...(named && ids.gid !== 0 && ids.gid !== 5 && ids.gid !== 65534 ? [`${USER_NAME}:x:${ids.gid}:`] : []),
      'nogroup:x:65534:',
      '',
    ].join('\n'),
    '/etc/hostname': `${job.hostname}\n`,
    '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
  };
}

function addFiles(plan: PlanBuilder, files: Readonly<Record<string, Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    plan.add({ op: 'file', path, mode: 0o644, content, ...ROOT });
  }
}

/** What every image gets from us, as in docker. One that has a directory there, or a link on the way, goes without. */
function offerNames(plan: PlanBuilder, { job, names }: ImageInput): void {
  const files = { ...nameFiles(job, names ?? null), '/etc/hostname': text(`${job.hostname}\n`) };
  for (const [path, content] of Object.entries(files)) {
    plan.add({ op: 'offer', path, mode: 0o644, content, ...ROOT });
  }
}

function addHostImage(plan: PlanBuilder, { job, host, ids, names }: ImageInput): void {
  for (const { path, kind, target } of host.entries) {
    if (kind === 'symlink') plan.add({ op: 'symlink', target: target ?? '', path });
    else
      plan.add({
        op: 'bind',
        source: plan.source(path, ['readOnly', 'noDevices', ...layerFlags(host)]),
        path,
      });
  }
  plan.add({ op: 'directory', path: '/root', mode: 0o700, ...ROOT });
  for (const path of ['/home', '/run', '/var', '/opt', '/mnt', '/srv']) {
    plan.add({ op: 'directory', path, mode: 0o755, ...ROOT });
  }
  const etc = Object.entries(etcFiles(job, ids)).map(([path, content]) => [path, text(content)] as const);
  addFiles(plan, { ...Object.fromEntries(etc), ...nameFiles(job, names ?? null) });
}

/** The layers belong to everybody who runs them: the lock tells whoever would remove them. */
function addLayers(plan: PlanBuilder, { reference, lockPath, layers }: ResolvedImage, host: Host): void {
  const most = protocolLimits.layersMax;
  if (layers.length > most)
    throw invalidSpec(`image ${quote(reference)} has ${layers.length} layers; at most ${most}`);
  plan.add({ op: 'hold', value: lockPath });
  const sources = layers.map((path) => plan.source(path, ['readOnly', 'noDevices', ...layerFlags(host)]));
  plan.add({ op: 'overlayRoot', sources });
}

/** The image's part of the plan: it comes first, for everything else lies on top. */
export function addImage(plan: PlanBuilder, input: ImageInput): void {
  const { job, host, image } = input;
  plan.add({ op: 'root', bytes: job.limits.diskBytes, inodes: job.limits.diskInodes });
  const found = imageKind(job.image);
  if (found.kind === 'host') {
    addHostImage(plan, input);
    return;
  }
  if (image) addLayers(plan, image, host);
  else if (found.kind === 'dir')
    plan.add({ op: 'overlayRoot', sources: [plan.source(found.path, ['noDevices', ...layerFlags(host)])] });
  else throw new HotcellError({ code: 'internal', message: `image ${quote(job.image)} was not resolved` });
  offerNames(plan, input);
}
