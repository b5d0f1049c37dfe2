#include "mounts.h"

#include <linux/mount.h>
#include <sys/syscall.h>

#ifndef UMOUNT_DETACH
#define UMOUNT_DETACH 2
#endif

static int sys_mount(const char *from, const char *to, const char *type, unsigned long flags, const char *options) {
    return (int)syscall(SYS_mount, from, to, type, flags, options);
}

int mount_private_tree(void) {
    return sys_mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

int mount_follow_tree(void) {
    return sys_mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL);
}

int mount_tmpfs_at(const char *path, const char *options) {
    return sys_mount("hotcell", path, "tmpfs", MS_NOSUID | MS_NODEV, options);
}

int mount_overlay_at(const char *path, const char *options) {
    return sys_mount("overlay", path, "overlay", MS_NOSUID | MS_NODEV, options);
}

int mount_bind_at(const char *from, const char *to, bool recursive) {
    return sys_mount(from, to, NULL, MS_BIND | (recursive ? MS_REC : 0), NULL);
}

int mount_pivot_here(void) {
    /* pivot_root(".", ".") stacks the old root on the new one, so no directory for it is needed; pivot_root(2) */
    if (syscall(SYS_pivot_root, ".", ".") < 0)
        return -1;
    return mount_detach(".");
}

int mount_detach(const char *path) {
    return (int)syscall(SYS_umount2, path, UMOUNT_DETACH);
}

int mount_clone(int dir, const char *path, bool recursive) {
    unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0u);
    return (int)syscall(SYS_open_tree, dir, path, flags);
}

int mount_restrict(int mount, const struct mount_change *change) {
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_NOSUID};
    if (change->read_only)
        attr.attr_set |= MOUNT_ATTR_RDONLY;
    if (change->no_exec)
        attr.attr_set |= MOUNT_ATTR_NOEXEC;
    if (change->no_devices)
        attr.attr_set |= MOUNT_ATTR_NODEV;
    if (change->idmap_user_namespace >= 0) {
        attr.attr_set |= MOUNT_ATTR_IDMAP;
        attr.userns_fd = (uint64_t)change->idmap_user_namespace;
    }
    unsigned flags = AT_EMPTY_PATH | (change->recursive ? AT_RECURSIVE : 0u);
    return (int)syscall(SYS_mount_setattr, mount, "", flags, &attr, sizeof attr);
}

int mount_attach(int mount, int target) {
    return (int)syscall(SYS_move_mount, mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

int mount_attach_path(int mount, const char *path) {
    return (int)syscall(SYS_move_mount, mount, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH);
}

int mount_new(const char *type, const struct mount_option *options, size_t count, bool no_exec) {
    cleanup_fd int context = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
    if (context < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        unsigned command = options[i].value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG;
        if (syscall(SYS_fsconfig, context, command, options[i].key, options[i].value, 0) < 0)
            return -1;
    }
    if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
        return -1;
    unsigned attributes = MOUNT_ATTR_NOSUID | (no_exec ? MOUNT_ATTR_NOEXEC : 0u);
    if (strcmp(type, "devpts") != 0)
        attributes |= MOUNT_ATTR_NODEV;
    return (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes);
}
