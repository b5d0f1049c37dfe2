/*
 * Makes system calls and prints "NAME ERRNO" for each (0: it worked). Arguments are such that a call that gets through
 * does no harm, as whoever it runs: bad pointers, bad file descriptors, wrong magic numbers.
 *
 *   probe           the table below
 *   probe int80     a 32-bit write in a 64-bit process (x86-64)
 *   probe x32       an x32 call (x86-64)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HIGH_BITS 0xdeadbeef00000000UL
#define NO_FD (-1L)

struct probe {
    const char *name;
    long number;
    unsigned long args[5];
};

static const struct probe PROBES[] = {
    {"getpid", SYS_getpid, {0}},
    {"mount", SYS_mount, {0}},
    {"umount2", SYS_umount2, {0}},
    {"pivot_root", SYS_pivot_root, {0}},
    {"chroot", SYS_chroot, {0}},
    {"open_tree", 428, {NO_FD, 0, 0}},
    {"unshare", SYS_unshare, {CLONE_NEWUSER}},
    {"unshare-nothing", SYS_unshare, {0}},
    {"clone-newuser", SYS_clone, {CLONE_NEWUSER | SIGCHLD}},
    {"clone3", 435, {0}},
    {"setns", SYS_setns, {NO_FD, 0}},
    {"keyctl", SYS_keyctl, {0xffff}},
    {"add_key", SYS_add_key, {0}},
    {"bpf", SYS_bpf, {0xffff, 0, 0}},
    {"perf_event_open", SYS_perf_event_open, {0}},
    {"userfaultfd", SYS_userfaultfd, {0xffffffff}},
    {"io_uring_setup", 425, {0, 0}},
    {"ptrace", SYS_ptrace, {0xffff, 0, 0, 0}},
    {"process_vm_readv", SYS_process_vm_readv, {0}},
    {"kcmp", SYS_kcmp, {0}},
    {"open_by_handle_at", SYS_open_by_handle_at, {NO_FD, 0, 0}},
    {"reboot", SYS_reboot, {0, 0, 0, 0}},
    {"settimeofday", SYS_settimeofday, {1, 1}},
    {"init_module", SYS_init_module, {0, 0, 0}},
    {"personality-read-implies-exec", SYS_personality, {0x400000}},
    {"personality-query", SYS_personality, {0xffffffff}},
    {"mknodat-device", SYS_mknodat, {NO_FD, 0, S_IFCHR | 0600, 0}},
    {"mknodat-fifo", SYS_mknodat, {NO_FD, 0, S_IFIFO | 0600, 0}},
    {"ioctl-tiocsti", SYS_ioctl, {NO_FD, TIOCSTI, 0}},
    {"ioctl-tiocsti-high-bits", SYS_ioctl, {NO_FD, HIGH_BITS | TIOCSTI, 0}},
    {"ioctl-tioclinux", SYS_ioctl, {NO_FD, HIGH_BITS | 0x541c, 0}},
    {"ioctl-fionread", SYS_ioctl, {NO_FD, FIONREAD, 0}},
    {"socket-unix", SYS_socket, {AF_UNIX, SOCK_STREAM, 0}},
    {"socket-inet", SYS_socket, {AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0}},
    {"socket-netlink-route", SYS_socket, {AF_NETLINK, SOCK_RAW, 0}},
    {"socket-netlink-audit", SYS_socket, {AF_NETLINK, SOCK_RAW, 9}},
    {"socket-alg", SYS_socket, {AF_ALG, SOCK_SEQPACKET, 0}},
    {"socket-alg-high-bits", SYS_socket, {HIGH_BITS | AF_ALG, SOCK_SEQPACKET, 0}},
    {"socket-vsock", SYS_socket, {AF_VSOCK, SOCK_STREAM, 0}},
    {"socket-packet", SYS_socket, {AF_PACKET, SOCK_RAW, 0}},
    {"socket-sctp", SYS_socket, {AF_INET, SOCK_STREAM, 132}},
    {"setsockopt-ulp", SYS_setsockopt, {NO_FD, 6, 31, 0, 0}},
    {"call-minus-one", -1, {0}},
    {"call-999", 999, {0}},
};

static int foreign_call(const char *kind)
{
#ifdef __x86_64__
    if (strcmp(kind, "int80") == 0) {
        long result;
        __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory"); /* 20: getpid of i386 */
    }
    if (strcmp(kind, "x32") == 0) syscall(0x40000000L | SYS_getpid);
#endif
    printf("still here after %s\n", kind);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 1) return foreign_call(argv[1]);
    for (size_t i = 0; i < sizeof PROBES / sizeof PROBES[0]; i++) {
        const struct probe *p = &PROBES[i];
        errno = 0;
        long result = syscall(p->number, p->args[0], p->args[1], p->args[2], p->args[3], p->args[4]);
        int error = result < 0 ? errno : 0;
        printf("%s %d\n", p->name, error);
    }
    return 0;
}
