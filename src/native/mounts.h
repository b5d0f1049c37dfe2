/* Mount system calls by file descriptor; nothing here decides what is mounted. */
#pragma once
#include "common.h"

int mount_private_tree(void);
/* What is mounted outside still appears, and nothing of ours outside. */
int mount_follow_tree(void);
int mount_tmpfs_at(const char *path, const char *options);
int mount_overlay_at(const char *path, const char *options);
int mount_bind_at(const char *from, const char *to, bool recursive);
/* Leaves the old root behind: the current directory becomes `/`, and nothing of before stays mounted. */
int mount_pivot_here(void);
int mount_detach(const char *path);

/* A detached copy of the mount at `path` beneath `dir`. */
int mount_clone(int dir, const char *path, bool recursive);
struct mount_change {
    bool read_only, no_exec, no_devices, recursive;
    int idmap_user_namespace; /* -1 = none */
};
/* nosuid is set always: nothing in a sandbox gains from a set-uid bit. */
int mount_restrict(int mount, const struct mount_change *change);
int mount_attach(int mount, int target);
int mount_attach_path(int mount, const char *path);

struct mount_option {
    const char *key, *value; /* value NULL = a flag */
};
/* A new file system instance as a detached mount, nosuid. Devices of devpts are the only ones that may be opened. */
int mount_new(const char *type, const struct mount_option *options, size_t count, bool no_exec);
