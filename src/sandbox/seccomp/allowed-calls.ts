/** What the default policy allows whatever its arguments, in groups that a person can read. */
import type { Rule } from './policy.js';

const ALLOW = 'SCMP_ACT_ALLOW';

/** Splits a text at white space: hundreds of names, one a line each, would hide what is not there. */
export function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

export const FILES: Rule = {
  action: ALLOW,
  names: words(`
    access cachestat chdir chmod chown close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2
    fadvise64 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fdatasync fgetxattr flistxattr flock
    fremovexattr fsetxattr fstat fstatfs fsync ftruncate futimesat getcwd getdents getdents64 getxattr getxattrat
    inotify_add_watch inotify_init inotify_init1 inotify_rm_watch lchown lgetxattr link linkat listxattr listxattrat
    llistxattr lremovexattr lseek lsetxattr lstat memfd_create mkdir mkdirat newfstatat open openat openat2 pipe pipe2
    pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv removexattr
    removexattrat rename renameat renameat2 rmdir sendfile setxattr setxattrat splice stat statfs statx symlink
    symlinkat sync sync_file_range syncfs tee truncate umask unlink unlinkat utime utimensat utimes vmsplice write
    writev
  `),
};

export const WAITING: Rule = {
  action: ALLOW,
  names: words(`
    epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 io_cancel io_destroy
    io_getevents io_pgetevents io_setup io_submit poll ppoll pselect6 select signalfd signalfd4 timerfd_create
    timerfd_gettime timerfd_settime
  `),
};

export const MEMORY: Rule = {
  action: ALLOW,
  names: words(`
    brk madvise map_shadow_stack membarrier mincore mlock mlock2 mlockall mmap mprotect mremap mseal msync munlock
    munlockall munmap pkey_alloc pkey_free pkey_mprotect remap_file_pages
  `),
};

const PROCESSES: Rule = {
  action: ALLOW,
  names: words(`
    arch_prctl capget capset execve execveat exit exit_group fork get_robust_list getcpu getegid geteuid getgid
    getgroups getpgid getpgrp getpid getppid getpriority getresgid getresuid getrlimit getrusage getsid gettid getuid
    ioprio_get ioprio_set landlock_add_rule landlock_create_ruleset landlock_restrict_self pidfd_open
    pidfd_send_signal prctl rseq sched_get_priority_max sched_get_priority_min sched_getaffinity
    sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr
    sched_setparam sched_setscheduler sched_yield seccomp set_robust_list set_tid_address setfsgid setfsuid setgid
    setgroups setpgid setpriority setregid setresgid setresuid setreuid setsid setuid vfork wait4 waitid
  `),
};

export const SIGNALS_AND_TIME: Rule = {
  action: ALLOW,
  names: words(`
    alarm clock_getres clock_gettime clock_nanosleep getitimer gettimeofday kill nanosleep pause restart_syscall
    rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
    rt_tgsigqueueinfo setitimer sigaltstack tgkill time timer_create timer_delete timer_getoverrun timer_gettime
    timer_settime times tkill
  `),
};

const COMMUNICATION: Rule = {
  action: ALLOW,
  names: words(`
    accept accept4 bind connect futex futex_requeue futex_wait futex_waitv futex_wake getpeername getsockname
    getsockopt listen mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink msgctl msgget msgrcv
    msgsnd recvfrom recvmmsg recvmsg semctl semget semop semtimedop sendmmsg sendmsg sendto shmat shmctl shmdt shmget
    shutdown
  `),
};

export const SYSTEM: Rule = {
  comment: 'The kernel itself calls uretprobe and uprobe in a program that somebody on the host traces.',
  action: ALLOW,
  names: words('getrandom sysinfo uname uprobe uretprobe'),
};

export const ALLOWED: readonly Rule[] = [
  FILES,
  WAITING,
  MEMORY,
  PROCESSES,
  SIGNALS_AND_TIME,
  COMMUNICATION,
  SYSTEM,
];
