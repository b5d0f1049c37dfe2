/* `hotcell-launcher --probe DIR`: does each thing that a sandbox needs once, for real, in a child of its own, and prints
 * "name ok" or "name errno message". Flags and sysctls are not read: some hosts allow a call and take its effect away.
 * An ordinary user's probes begin in a user namespace where that user is root, as the user's launcher does.
 * What a failure means and how to mend it is known to src/engine/doctor. */
#include "launcher.h"

#include "beneath.h"
#include "credentials.h"
#include "mounts.h"
#include "namespaces.h"
#include "rootfs.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* Where the probes that need namespaces run: errno goes back through the exit status. */
struct probe {
    const char *name;
    uint64_t clone_flags;
    bool mapped;                      /* in a user namespace with mapped ids */
    int (*attempt)(const char *dir);
};

static int attempt_nothing(const char *dir) {
    (void)dir;
    return 0;
}

static int attempt_stage(const char *dir) {
    struct failure f;
    if (stage_prepare(dir, true, &f) < 0) {
        errno = f.error;
        return -1;
    }
    return 0;
}

static int attempt_overlay(const char *dir) {
    static const struct mount_option options[] = {
        {"lowerdir", "empty"}, {"upperdir", "s/u"}, {"workdir", "s/w"}, {"userxattr", NULL}, {"volatile", NULL}};
    if (attempt_stage(dir) < 0 || mount_tmpfs_at("s", "size=64k") < 0 || mkdir("s/u", 0755) < 0 || mkdir("s/w", 0755) < 0)
        return -1;
    return mount_new("overlay", options, 5, false) < 0 ? -1 : 0;
}

static int attempt_proc(const char *dir) {
    return attempt_stage(dir) < 0 || mount_new("proc", NULL, 0, true) < 0 ? -1 : 0;
}

static int attempt_devpts(const char *dir) {
    static const struct mount_option options[] = {{"newinstance", NULL}, {"ptmxmode", "0666"}};
    return attempt_stage(dir) < 0 || mount_new("devpts", options, 2, true) < 0 ? -1 : 0;
}

static int attempt_network(const char *dir) {
    (void)dir;
    return raise_loopback();
}

static int attempt_nested(const char *dir) {
    (void)dir;
    if (forbid_user_namespaces() < 0)
        return -1;
    if (unshare(CLONE_NEWUSER) == 0) {
        errno = EBADE;
        return -1;
    }
    return 0;
}

static int attempt_seccomp(const char *dir) {
    struct sock_filter allow = {.code = BPF_RET | BPF_K, .k = SECCOMP_RET_ALLOW};
    (void)dir;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -1;
    return load_seccomp((struct bytes){.data = (const uint8_t *)&allow, .size = sizeof allow});
}

static int attempt_openat2(const char *dir) {
    cleanup_fd int root = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    cleanup_fd int fd = sys_open_beneath(root, ".", O_PATH);
    return fd < 0 ? -1 : 0;
}

static int attempt_mount_tree(const char *dir) {
    cleanup_fd int tree = mount_clone(AT_FDCWD, dir, true);
    const struct mount_change change = {.read_only = true, .idmap_user_namespace = -1};
    return tree < 0 ? -1 : mount_restrict(tree, &change);
}

static int attempt_idmap(const char *dir) {
    const struct id_pair pair = {0, 0, 0x70000000, 0x70000000};
    cleanup_fd int tree = mount_clone(AT_FDCWD, dir, false);
    cleanup_fd int ns = idmap_namespace(&pair);
    const struct mount_change change = {.idmap_user_namespace = ns};
    return tree < 0 || ns < 0 ? -1 : mount_restrict(tree, &change);
}

static int attempt_file_limit(const char *dir) {
    struct rlimit files;
    (void)dir;
    if (getrlimit(RLIMIT_NOFILE, &files) < 0)
        return -1;
    errno = EMFILE;
    return files.rlim_max < 1024 ? -1 : 0;
}

static const struct probe probes[] = {
    {"user-namespace", CLONE_NEWUSER, true, attempt_nothing},
    {"nested-user-namespaces-forbidden", CLONE_NEWUSER, true, attempt_nested},
    {"mount-namespace", CLONE_NEWUSER | CLONE_NEWNS, true, attempt_stage},
    {"pid-namespace", CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID, true, attempt_proc},
    {"ipc-namespace", CLONE_NEWUSER | CLONE_NEWIPC, true, attempt_nothing},
    {"uts-namespace", CLONE_NEWUSER | CLONE_NEWUTS, true, attempt_nothing},
    {"cgroup-namespace", CLONE_NEWUSER | CLONE_NEWCGROUP, true, attempt_nothing},
    {"network-namespace", CLONE_NEWUSER | CLONE_NEWNET, true, attempt_network},
    {"overlayfs", CLONE_NEWUSER | CLONE_NEWNS, true, attempt_overlay},
    {"devpts", CLONE_NEWUSER | CLONE_NEWNS, true, attempt_devpts},
    {"seccomp", 0, false, attempt_seccomp},
    {"openat2", 0, false, attempt_openat2},
    {"mount-tree", 0, false, attempt_mount_tree},
    {"idmapped-mounts", 0, false, attempt_idmap},
    {"open-files", 0, false, attempt_file_limit},
};

static bool ordinary;

/* 0, or the errno of what keeps an ordinary user from having a user namespace of use. */
static int probe_enter(void) {
    char uid[32], gid[32];
    struct failure f;
    if (geteuid() == 0)
        return 0;
    ordinary = true;
    snprintf(uid, sizeof uid, "0 %u 1", geteuid());
    snprintf(gid, sizeof gid, "0 %u 1", getegid());
    if (ordinary_enter(&f) < 0)
        return f.error;
    if (write_text(AT_FDCWD, "/proc/self/setgroups", "deny") < 0 || write_text(AT_FDCWD, "/proc/self/uid_map", uid) < 0 ||
        write_text(AT_FDCWD, "/proc/self/gid_map", gid) < 0)
        return errno;
    return 0;
}

static _Noreturn void probe_child(const struct probe *p, const char *dir, int mapped) {
    char byte;
    (void)!read(mapped, &byte, 1); /* end of file: our ids are mapped */
    if (p->mapped && become_mapped_root() < 0)
        _exit(errno & 0xff);
    errno = 0;
    _exit(p->attempt(dir) < 0 ? errno & 0xff : 0);
}

/* 0, or the errno of what failed. */
static int probe_run(const struct probe *p, const char *dir) {
    int gate[2], pidfd = -1, status;
    if (pipe2(gate, O_CLOEXEC) < 0)
        return errno;
    pid_t pid = clone_into(p->clone_flags, -1, &pidfd);
    if (pid == 0) {
        close(gate[1]);
        probe_child(p, dir, gate[0]);
    }
    int error = pid < 0 ? errno : 0;
    close(gate[0]);
    if (pid > 0 && p->mapped && (ordinary ? map_ids_as(pid, "0 0 1") : map_ids(pid, 0x70000000, IDS_PER_SLOT)) < 0) {
        error = errno;
        sys_pidfd_kill(pidfd, SIGKILL);
    }
    close(gate[1]);
    close_fd(&pidfd);
    if (pid > 0 && waitpid(pid, &status, 0) == pid && !error)
        error = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
    return error;
}

int probe_main(const char *dir) {
    int entered = probe_enter();
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++) {
        int error = entered && probes[i].mapped ? entered : probe_run(&probes[i], dir);
        printf("%s %d %s\n", probes[i].name, error, error ? strerror(error) : "ok");
    }
    return 0;
}
