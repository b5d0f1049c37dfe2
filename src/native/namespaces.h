/* clone, the id maps of a slot, and what is kept in its namespaces. */
#pragma once
#include "common.h"

/* The CLONE_NEW* flags of a run's own namespaces. */
uint64_t clone_flags(uint32_t spaces);
/* The CLONE_NEW* flags of a slot: user and network namespace, and a mount namespace to stage in. */
uint64_t slot_clone_flags(uint32_t spaces);

/* fork with clone3: `cgroup` (-1 = none) is a cgroup v2 directory to be born in. The pidfd is close-on-exec. */
pid_t clone_into(uint64_t flags, int cgroup, int *pidfd);

/* clone_into with a user namespace of `owner`'s: what the kernel counts per owner, such as inotify instances, is then
 * counted for each slot and not all together for the host's root, whom a sandbox could otherwise leave without. */
pid_t clone_owned(uint64_t flags, uid_t owner, int *pidfd);

/* Maps ids 0..count-1 of the namespace of `pid` to base.. of ours. Needs CAP_SETUID and CAP_SETGID, or count 1. */
int map_ids(pid_t pid, uint32_t base, uint32_t count);
/* The same with the text of both maps; user_namespaces(7). */
int map_ids_as(pid_t pid, const char *map);

/* A user namespace that shows `from` as `to` on an idmapped mount; descriptor or -1. */
struct id_pair {
    uint32_t on_disk_uid, on_disk_gid, kernel_uid, kernel_gid;
};
int idmap_namespace(const struct id_pair *pair);

/* From now on nobody in this user namespace can make another. */
int forbid_user_namespaces(void);
/* What the kernel counts for the owner of a user namespace too, and an ordinary user has few of: each slot gets a share. */
int share_inotify(void);
int raise_loopback(void);
int renew_network(void);
/* Empties the user keyrings of an id of this namespace. */
int clear_keys_of(uid_t uid, gid_t gid);
