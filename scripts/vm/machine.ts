/**
 * One boot of the virtual machine. The processor is emulated, since a host that tests may be a virtual machine itself; what is
 * written to the disks is forgotten at the end.
 */
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Kernel } from './kernel.js';
import type { Lane } from './lanes.js';
import { PLACE } from './place.js';

export interface Machine {
  readonly kernel: Kernel;
  readonly initramfs: Uint8Array;
  /** Images by the serial number that the inside knows them by. */
  readonly disks: Readonly<Record<'root' | 'project', string>>;
}

export interface Boot {
  readonly lane: Lane;
  /** Test files by parts of their names; [] = all of the lane. */
  readonly only: readonly string[];
  readonly timeoutMs: number;
}

export interface Booted {
  /** What came through each port, as paths of files. */
  readonly report: string;
  readonly end: string;
  readonly console: string;
  /** Of qemu; undefined when it was killed, as for the time being up. */
  readonly exitCode: number | undefined;
}

const CPUS = 2;
const MEMORY_MIB = 1536;

/** How much slower emulated programs are than the same on the processor itself; measured, see docs/cgroups.md. */
const TIME_SCALE = 10;

const disk = ([serial, path]: [string, string]): string[] => [
  '-drive',
  `file=${path},if=none,id=${serial},format=raw,snapshot=on`,
  '-device',
  `virtio-blk-pci,drive=${serial},serial=${serial}`,
];

const port = (name: string, path: string): string[] => [
  '-chardev',
  `file,id=${name},path=${path}`,
  '-device',
  `virtserialport,chardev=${name},name=${name}`,
];

function commandLine({ lane, only }: Boot): string {
  const words = [
    `lane=${lane}`,
    `scale=${TIME_SCALE}`,
    ...(only.length > 0 ? [`only=${only.join(',')}`] : []),
  ];
  // A panic ends the machine, and then nothing has come through the port "end".
  return ['console=ttyS0', 'quiet', 'panic=-1', ...words.map((word) => `hotcell.${word}`)].join(' ');
}

function qemuArguments(
  machine: Machine,
  boot: Boot,
  files: { initramfs: string; report: string; end: string },
): string[] {
  return [
    ...['-M', 'q35', '-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', `${CPUS}`, '-m', `${MEMORY_MIB}`],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
    ...['-kernel', machine.kernel.image, '-initrd', files.initramfs, '-append', commandLine(boot)],
    ...Object.entries(machine.disks).flatMap(disk),
    ...['-device', 'virtio-serial-pci', ...port('report', files.report), ...port('end', files.end)],
  ];
}

/** Boots, shows the console, and waits for the end of it. Never throws for what happens inside. */
export async function boot(machine: Machine, { lane, ...rest }: Boot): Promise<Booted> {
  const [report, end, console] = [`${lane}.json`, `${lane}.end`, `${lane}.log`].map((name) =>
    join(PLACE, name),
  );
  if (report === undefined || end === undefined || console === undefined) throw new Error('unreachable');
  const initramfs = join(PLACE, 'initramfs.cpio');
  for (const file of [report, end]) writeFileSync(file, '');
  writeFileSync(initramfs, machine.initramfs);
  const args = qemuArguments(machine, { lane, ...rest }, { initramfs, report, end });
  // setpriv: not even a SIGKILL of this process leaves a machine behind.
  const qemu = execa('setpriv', ['--pdeathsig', 'KILL', 'nice', 'qemu-system-x86_64', ...args], {
    reject: false,
    buffer: false,
    timeout: rest.timeoutMs,
    forceKillAfterDelay: 1000,
    stdin: 'ignore',
    env: { TMPDIR: PLACE },
  });
  qemu.stdout.pipe(createWriteStream(console));
  qemu.stdout.pipe(process.stdout, { end: false });
  qemu.stderr.pipe(process.stderr, { end: false });
  const { exitCode } = await qemu;
  return { report, end, console, exitCode };
}
