/** The operations that make an image the root. */
import type { Job } from '../spec/index.js';
import { type PlanBuilder, ROOT, text } from './builder.js';
import type { Host } from './host.js';
import type { Ids } from './root.js';

/** The name of the job's user in the `host` image; root and nobody are as everywhere. */
const USER_NAME = 'box';

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
    '/etc/hosts': `127.0.0.1 localhost\n::1 localhost\n127.0.1.1 ${job.hostname}\n`,
    '/etc/hostname': `${job.hostname}\n`,
    '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
    '/etc/resolv.conf': '',
  };
}

function addHostImage(plan: PlanBuilder, job: Job, host: Host, ids: Ids): void {
  for (const { path, kind, target } of host.entries) {
    if (kind === 'symlink') plan.add({ op: 'symlink', target: target ?? '', path });
    else plan.add({ op: 'bind', source: plan.source(path, ['readOnly', 'noDevices', 'mapSlot']), path });
  }
  plan.add({ op: 'directory', path: '/root', mode: 0o700, ...ROOT });
  for (const path of ['/home', '/run', '/var', '/opt', '/mnt', '/srv']) {
    plan.add({ op: 'directory', path, mode: 0o755, ...ROOT });
  }
  for (const [path, content] of Object.entries(etcFiles(job, ids))) {
    plan.add({ op: 'file', path, mode: 0o644, content: text(content), ...ROOT });
  }
}

/** The image's part of the plan: it comes first, for everything else lies on top. */
export function addImage(plan: PlanBuilder, job: Job, host: Host, ids: Ids): void {
  plan.add({ op: 'root', bytes: job.limits.diskBytes, inodes: job.limits.diskInodes });
  if (job.image === 'host') {
    addHostImage(plan, job, host, ids);
    return;
  }
  const source = plan.source(job.image.slice('dir:'.length), ['noDevices', 'mapSlot']);
  plan.add({ op: 'overlayRoot', source });
}
