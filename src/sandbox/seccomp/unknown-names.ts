import { nearest } from '../../core/index.js';
import type { SeccompProfile } from '../../spec/index.js';
import { words } from './allowed-calls.js';
import type { Arch } from './policy.js';
import { syscallNumbers } from './syscall-numbers.js';

export interface UnknownName {
  readonly name: string;
  /** Whether a rule that refuses something has it: what was meant is not refused then. */
  readonly refuses: boolean;
  /** What was most likely meant, if it is near. */
  readonly meant: string | undefined;
}

const LENIENT: ReadonlySet<string> = new Set(['SCMP_ACT_ALLOW', 'SCMP_ACT_LOG', 'SCMP_ACT_TRACE']);

/** Calls of 32 bits and of other processors, which profiles name for everybody: no misspellings, however near to another name. */
const ELSEWHERE: ReadonlySet<string> = new Set(
  words(`
  _llseek _newselect arm_fadvise64_64 arm_sync_file_range bdflush break breakpoint cacheflush chown32
  clock_adjtime64 clock_getres_time64 clock_gettime64 clock_nanosleep_time64 clock_settime64 fadvise64_64
  fchown32 fcntl64 fstat64 fstatat64 fstatfs64 ftime ftruncate64 futex_time64 get_tls getegid32 geteuid32
  getgid32 getgroups32 getresgid32 getresuid32 getuid32 gtty idle io_pgetevents_time64 ipc lchown32 lock
  lstat64 mmap2 mpx mq_timedreceive_time64 mq_timedsend_time64 nice oldfstat oldlstat oldolduname oldstat
  olduname pciconfig_iobase pciconfig_read pciconfig_write ppoll_time64 prof profil pselect6_time64 readdir
  recv recvmmsg_time64 riscv_flush_icache riscv_hwprobe rt_sigtimedwait_time64 rtas s390_guarded_storage
  s390_pci_mmio_read s390_pci_mmio_write s390_runtime_instr s390_sthyi sched_rr_get_interval_time64
  semtimedop_time64 send sendfile64 set_tls setfsgid32 setfsuid32 setgid32 setgroups32 setregid32 setresgid32
  setresuid32 setreuid32 setuid32 sgetmask sigaction signal sigpending sigprocmask sigreturn sigsuspend
  socketcall spu_create spu_run ssetmask stat64 statfs64 stime stty subpage_prot swapcontext switch_endian
  sync_file_range2 sys_debug_setcontext syscall sysmips timer_gettime64 timer_settime64 timerfd
  timerfd_gettime64 timerfd_settime64 truncate64 ugetrlimit ulimit umount usr26 usr32 utimensat_time64 vm86
  vm86old waitpid
  `),
);

/** Names in a profile that no call of the architecture has: docker leaves them out without a word, and so do we. */
export function unknownNames({ syscalls }: SeccompProfile, arch: Arch): UnknownName[] {
  const known = syscallNumbers(arch);
  const elsewhere = syscallNumbers(arch === 'x86_64' ? 'aarch64' : 'x86_64');
  const found = new Map<string, UnknownName>();
  for (const { names, action } of syscalls) {
    for (const name of names.filter((one) => !known.has(one))) {
      const isForeign = elsewhere.has(name) || ELSEWHERE.has(name);
      const refuses = !LENIENT.has(action) || (found.get(name)?.refuses ?? false);
      const meant = isForeign ? undefined : nearest(name, [...known.keys()]);
      found.set(name, { name, refuses, meant });
    }
  }
  return [...found.values()];
}
