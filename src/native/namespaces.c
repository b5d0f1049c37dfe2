#include "namespaces.h"

#include <linux/capability.h>
#include <linux/sched.h>
#include <linux/securebits.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ull
#endif

uint64_t clone_flags(uint32_t spaces) {
    uint64_t flags = 0;
    if (spaces & SPACE_MOUNT) flags |= CLONE_NEWNS;
    if (spaces & SPACE_PID) flags |= CLONE_NEWPID;
    if (spaces & SPACE_IPC) flags |= CLONE_NEWIPC;
    if (spaces & SPACE_UTS) flags |= CLONE_NEWUTS;
    if (spaces & SPACE_CGROUP_NAMESPACE) flags |= CLONE_NEWCGROUP;
    return flags;
}

uint64_t slot_clone_flags(uint32_t spaces) {
    uint64_t flags = 0;
    if (spaces & SPACE_USER) flags |= CLONE_NEWUSER | CLONE_NEWNS;
    if (spaces & SPACE_NETWORK) flags |= CLONE_NEWNET;
    return flags;
}

pid_t clone_into(uint64_t flags, int cgroup, int *pidfd) {
    struct clone_args args = {
        .flags = flags | CLONE_PIDFD,
        .pidfd = (uint64_t)(uintptr_t)pidfd,
        .exit_signal = SIGCHLD,
    };
    if (cgroup >= 0) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = (uint64_t)cgroup;
    }
    return (pid_t)syscall(SYS_clone3, &args, sizeof args);
}

pid_t clone_owned(uint64_t flags, uid_t owner, int *pidfd) {
    /* The keeper is then not of our id, which takes CAP_SYS_PTRACE to open its namespace. */
    if (!(flags & CLONE_NEWUSER) || geteuid() != 0 || prctl(PR_CAPBSET_READ, CAP_SYS_PTRACE, 0, 0, 0) <= 0)
        return clone_into(flags, -1, pidfd);
    /* Keeps our capabilities, for hosts where only root may make user namespaces; the new one starts without this bit. */
    prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0);
    pid_t pid = syscall(SYS_setresuid, -1, owner, -1) < 0 ? -1 : clone_into(flags, -1, pidfd);
    int saved = errno;
    if (pid != 0 && (syscall(SYS_setresuid, -1, 0, -1) < 0 || prctl(PR_SET_SECUREBITS, 0, 0, 0, 0) < 0))
        abort(); /* as nobody we can do nothing */
    errno = saved;
    return pid;
}

static int write_proc(pid_t pid, const char *file, const char *text) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    return write_text(AT_FDCWD, path, text);
}

int map_ids(pid_t pid, uint32_t base, uint32_t count) {
    char map[64];
    snprintf(map, sizeof map, "0 %u %u", base, count);
    return map_ids_as(pid, map);
}

int map_ids_as(pid_t pid, const char *map) {
    if (write_proc(pid, "uid_map", map) < 0)
        return -1;
    return write_proc(pid, "gid_map", map);
}

int idmap_namespace(const struct id_pair *pair) {
    char map[96], path[64];
    int pidfd = -1, ns = -1;
    pid_t launcher = getpid();
    pid_t pid = clone_into(CLONE_NEWUSER, -1, &pidfd);
    if (pid == 0) {
        /* Only somebody to own the namespace while its maps are written; dies with the launcher in case that dies now. */
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        while (getppid() == launcher) /* another parent: it died before we could ask for the signal */
            pause();
        _exit(0);
    }
    if (pid < 0)
        return -1;
    snprintf(map, sizeof map, "%u %u 1", pair->on_disk_uid, pair->kernel_uid);
    int result = write_proc(pid, "uid_map", map);
    snprintf(map, sizeof map, "%u %u 1", pair->on_disk_gid, pair->kernel_gid);
    if (result == 0 && (result = write_proc(pid, "gid_map", map)) == 0) {
        snprintf(path, sizeof path, "/proc/%d/ns/user", (int)pid);
        ns = open(path, O_RDONLY | O_CLOEXEC);
    }
    int saved = errno;
    sys_pidfd_kill(pidfd, SIGKILL);
    waitpid(pid, NULL, 0);
    close_fd(&pidfd);
    errno = saved;
    return ns;
}

int forbid_user_namespaces(void) {
    return write_text(AT_FDCWD, "/proc/sys/user/max_user_namespaces", "0");
}

int share_inotify(void) {
    return write_text(AT_FDCWD, "/proc/sys/user/max_inotify_instances", "16");
}

int raise_loopback(void) {
    cleanup_fd int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = {.ifr_name = "lo"};
    if (s < 0 || ioctl(s, SIOCGIFFLAGS, &request) < 0)
        return -1;
    request.ifr_flags |= IFF_UP;
    return ioctl(s, SIOCSIFFLAGS, &request);
}

int renew_network(void) {
    return unshare(CLONE_NEWNET);
}

/* 0, or 1 when a keyring that is there could not be cleared. A kernel without keyrings has none to share. */
static int clear_own_keys(void) {
    enum { KEY_PROCESS = -2, KEY_USER = -4, KEY_USER_SESSION = -5, COMMAND_CLEAR = 7, COMMAND_GET_PERSISTENT = 22 };
    /* The kernel keeps it for three days after its last use, whoever has ended since. */
    long persistent = syscall(SYS_keyctl, COMMAND_GET_PERSISTENT, -1, KEY_PROCESS);
    if (persistent < 0 && errno != ENOSYS && errno != EOPNOTSUPP)
        return 1;
    const long keyrings[] = {KEY_USER, KEY_USER_SESSION, persistent};
    for (size_t i = 0; i < (persistent < 0 ? 2u : 3u); i++)
        if (syscall(SYS_keyctl, COMMAND_CLEAR, keyrings[i]) < 0 && errno != ENOSYS)
            return 1;
    return 0;
}

int clear_keys_of(uid_t uid, gid_t gid) {
    signal(SIGCHLD, SIG_DFL);
    pid_t pid = fork();
    if (pid == 0) {
        if (syscall(SYS_setresgid, gid, gid, gid) < 0 || syscall(SYS_setresuid, uid, uid, uid) < 0)
            _exit(1);
        _exit(clear_own_keys());
    }
    int status = 1;
    if (pid > 0 && waitpid(pid, &status, 0) < 0)
        status = 1;
    signal(SIGCHLD, SIG_IGN);
    if (status == 0)
        return 0;
    errno = EIO;
    return -1;
}
