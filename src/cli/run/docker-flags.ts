/** Flags of docker's and podman's that have no counterpart of the same name here, and what to do instead. */

const NO_DETACH = 'there is no detached mode; add & in the shell, and --name to find the run with hotcell ps';
const NO_PORTS = 'no port is published; with --network host the program listens on this host itself';
const NO_DEVICES = 'no device of this host can be given';
const NAMESPACES = 'its namespaces are chosen together; see --isolation';
const NO_SERVICE = 'a run is no service: nothing restarts or watches it';
const CPU_SHARE = 'use --cpus';
const NO_DNS = 'with --network host names are resolved as on this host';

const ADVICE: Readonly<Record<string, string>> = {
  '-a': 'standard input, output and error are always attached',
  '--attach': 'standard input, output and error are always attached',
  '-c': CPU_SHARE,
  '--cpu-shares': CPU_SHARE,
  '--cpu-quota': CPU_SHARE,
  '--cpu-period': CPU_SHARE,
  '--add-host': NO_DNS,
  '--dns': NO_DNS,
  '-d': NO_DETACH,
  '--detach': NO_DETACH,
  '--device': NO_DEVICES,
  '--gpus': NO_DEVICES,
  '--init': 'there always is one; leave it out',
  '--ipc': NAMESPACES,
  '--pid': NAMESPACES,
  '--userns': NAMESPACES,
  '--uts': NAMESPACES,
  '--cgroupns': NAMESPACES,
  '--memory-swap': 'there never is any swap; --memory is all',
  '--mount': 'use -v HOST:DEST[:MODE], or --tmpfs',
  '-p': NO_PORTS,
  '-P': NO_PORTS,
  '--publish': NO_PORTS,
  '--publish-all': NO_PORTS,
  '--expose': NO_PORTS,
  '--platform': 'give it to hotcell image pull',
  '--privileged': 'there is no such mode; --isolation and --security-opt lift single protections',
  '--restart': NO_SERVICE,
  '--health-cmd': NO_SERVICE,
  '--shm-size': '/dev/shm counts towards --disk and --memory; leave it out',
  '--storage-opt': 'use --disk',
  '--stop-timeout': 'use --timeout',
  '--volumes-from': 'there are no volumes; use -v HOST:DEST',
};

/** What to do instead of docker's `flag`; null for one that is not docker's, or is here too. */
export const dockerAdvice = (flag: string): string | null =>
  Object.hasOwn(ADVICE, flag) ? (ADVICE[flag] ?? null) : null;
