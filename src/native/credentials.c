#include "credentials.h"

#include "ordinary.h"

#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* A namespace of an ordinary user denies setgroups. */
static bool groups_stay(void) {
    return errno == EPERM && ordinary_identities() != IDENTITIES_HOST;
}

int become_mapped_root(void) {
    if (syscall(SYS_setgroups, 0, NULL) < 0 && !groups_stay())
        return -1;
    if (syscall(SYS_setresgid, 0, 0, 0) < 0 || syscall(SYS_setresuid, 0, 0, 0) < 0)
        return -1;
    /* Changing ids made the process undumpable, and with that /proc/self belong to somebody else. */
    return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static int set_capabilities(uint64_t mask) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct data[2] = {
        {.effective = (uint32_t)mask, .permitted = (uint32_t)mask, .inheritable = 0},
        {.effective = (uint32_t)(mask >> 32), .permitted = (uint32_t)(mask >> 32), .inheritable = 0},
    };
    return (int)syscall(SYS_capset, &header, data);
}

static int limit_bounding_set(uint64_t kept) {
    for (unsigned long capability = 0; capability < 64; capability++) {
        if (kept & 1ull << capability)
            continue;
        int present = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
        if (present < 0 && errno == EINVAL && capability > CAP_AUDIT_READ)
            return 0; /* past the last one that this kernel knows */
        if (present < 0 || (present > 0 && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0))
            return -1;
    }
    return 0;
}

int take_identity(const struct plan *p, struct failure *f) {
    if (!p->has_identity)
        return 0;
    gid_t groups[1 + GROUPS_MAX] = {p->gid};
    memcpy(groups + 1, p->groups, p->group_count * sizeof *groups);
    if (syscall(SYS_setgroups, 1 + p->group_count, groups) < 0 && !groups_stay())
        return fail(f, STEP_USER, errno, "setgroups");
    if (syscall(SYS_setresgid, p->gid, p->gid, p->gid) < 0)
        return fail(f, STEP_USER, errno, "setresgid %u", p->gid);
    if (syscall(SYS_setresuid, p->uid, p->uid, p->uid) < 0)
        return fail(f, STEP_USER, errno, "setresuid %u", p->uid);
    return 0;
}

int drop_privileges(const struct plan *p, struct failure *f) {
    const unsigned long none = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED |
                               SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
    /* Root of an image keeps its own through exec, loses them with its id, and may hand on what it has: servers do that. */
    if (prctl(PR_SET_SECUREBITS, p->capabilities ? 0 : none, 0, 0, 0) < 0)
        return fail(f, STEP_CAPABILITIES, errno, "securebits");
    if (limit_bounding_set(p->capabilities) < 0)
        return fail(f, STEP_CAPABILITIES, errno, "bounding set");
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
        return fail(f, STEP_CAPABILITIES, errno, "ambient set");
    if (take_identity(p, f) < 0)
        return -1;
    if (set_capabilities(p->capabilities) < 0)
        return fail(f, STEP_CAPABILITIES, errno, "capset");
    return 0;
}

int keep_few_rights(uid_t uid, bool see_memory) {
    /* A program that is root in its sandbox would have our id, and could set our limits and priority. One that may change its
     * id cannot have both of ours at once, as prlimit(2) asks. */
    if (prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0) < 0 || syscall(SYS_setresuid, uid, uid, geteuid()) < 0)
        return -1;
    return set_capabilities(1ull << CAP_KILL | (see_memory ? 1ull << CAP_SYS_PTRACE : 0));
}

int load_seccomp(struct bytes program) {
    struct sock_fprog filter = {
        .len = (unsigned short)(program.size / sizeof(struct sock_filter)),
        .filter = (struct sock_filter *)(uintptr_t)program.data,
    };
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter);
}
