/**
 * How large each part of a job may be. Every part has a bound, so that no spec, however made, can take the memory of
 * the process that reads it, overflow a frame of the launcher's protocol, or ask the kernel for what it must refuse.
 */
export const BOUNDS = {
  /** Nesting of the whole job, and how many values it has in all. */
  depth: 8,
  values: 250_000,
  /** Characters of a name, and of a label's key and value. */
  name: 200,
  labelKey: 128,
  labelValue: 4096,
  labels: 64,
  /** MAX_ARG_STRLEN of Linux: one argument or environment string with its NUL. See execve(2). */
  execString: 131_072,
  args: 65_536,
  argvBytes: 2 * 1024 ** 2,
  envEntries: 4096,
  envBytes: 2 * 1024 ** 2,
  envFiles: 64,
  envFileBytes: 4 * 1024 ** 2,
  /** PATH_MAX with its NUL and NAME_MAX of Linux. See limits.h(0p). */
  path: 4095,
  pathPart: 255,
  files: 4096,
  /** Bytes of all files whose content stands in the job, and of stdin if it does. */
  inlineBytes: 64 * 1024 ** 2,
  capabilities: 64,
  mounts: 128,
  tmpfs: 32,
  outputs: 1024,
  /** HOST_NAME_MAX of Linux. */
  hostname: 64,
  /** The highest id in a sandbox: every slot owns a range of 65,536. */
  id: 65_534,
  /** Problems that one error message lists. */
  problems: 25,
} as const;
