import { invalidSpec, nearest, quote } from '../core/index.js';

/**
 * What root may have in a sandbox, over what is the sandbox's own. It is docker's default list without the three that
 * have no place in ours: raw packets, device nodes, and the audit log of the host.
 */
export const CAPABILITIES = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'SETGID',
  'SETUID',
  'SETPCAP',
  'NET_BIND_SERVICE',
  'SYS_CHROOT',
  'SETFCAP',
] as const;

export type Capability = (typeof CAPABILITIES)[number];

/** The others that Linux knows: nobody has them here. See capabilities(7). */
const NEVER_GIVEN = [
  ...['AUDIT_CONTROL', 'AUDIT_READ', 'AUDIT_WRITE', 'BLOCK_SUSPEND', 'BPF', 'CHECKPOINT_RESTORE'],
  ...['DAC_READ_SEARCH', 'IPC_LOCK', 'IPC_OWNER', 'LEASE', 'LINUX_IMMUTABLE', 'MAC_ADMIN', 'MAC_OVERRIDE'],
  ...['MKNOD', 'NET_ADMIN', 'NET_BROADCAST', 'NET_RAW', 'PERFMON', 'SYS_ADMIN', 'SYS_BOOT', 'SYS_MODULE'],
  ...['SYS_NICE', 'SYS_PACCT', 'SYS_PTRACE', 'SYS_RAWIO', 'SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG'],
  ...['SYSLOG', 'WAKE_ALARM'],
];

const KNOWN: readonly string[] = ['ALL', ...CAPABILITIES, ...NEVER_GIVEN];

/**
 * A capability as docker writes it, `NET_RAW` or `CAP_NET_RAW` in any case, or `ALL`.
 *
 * @throws HotcellError `invalid-spec` for what is none.
 */
export function parseCapability(text: string): string {
  const name = text.toUpperCase().replace(/^CAP_/, '');
  if (KNOWN.includes(name)) return name;
  const meant = nearest(name, KNOWN);
  const ending =
    meant === undefined ? '; use a name such as "NET_RAW", or "ALL"' : `; did you mean "${meant}"?`;
  throw invalidSpec(`${quote(text)} is not a capability${ending}`);
}

/** As {@link parseCapability}, for one that a program is to have. @throws HotcellError `invalid-spec` */
export function parseGivenCapability(text: string): string {
  const name = parseCapability(text);
  if (!NEVER_GIVEN.includes(name)) return name;
  throw invalidSpec(`${quote(text)} is never given; a program can have ${CAPABILITIES.join(', ')}`);
}

/** What is left of {@link CAPABILITIES}; as in docker, adding one wins over dropping it. */
export function capabilitiesLeft(add: readonly string[], drop: readonly string[]): Capability[] {
  const dropped: readonly string[] = drop.includes('ALL') && !add.includes('ALL') ? CAPABILITIES : drop;
  return CAPABILITIES.filter((name) => add.includes(name) || !dropped.includes(name));
}
