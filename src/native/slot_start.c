/* Brings a slot up: its cgroups, the keeper in its namespaces, the ids of its user namespace. */
#include "launcher.h"

#include "keeper.h"
#include "namespaces.h"

#include <sys/epoll.h>
#include <sys/resource.h>

enum { KEEPER_NICE = -20 };

static int open_user_namespace(struct slot *slot, struct failure *f) {
    char path[64];
    bool host = ordinary_identities() == IDENTITIES_HOST;
    if ((host ? map_ids(slot->keeper_pid, slot->id_base, IDS_PER_SLOT)
              : ordinary_map(slot->keeper_pid, slot->id_base, slot->spaces)) < 0)
        return fail(f, STEP_USER_NAMESPACE, errno, "map ids %u…", slot->id_base);
    snprintf(path, sizeof path, "/proc/%d/ns/user", (int)slot->keeper_pid);
    slot->user_namespace = open(path, O_RDONLY | O_CLOEXEC);
    return slot->user_namespace < 0 ? fail(f, STEP_USER_NAMESPACE, errno, "%s", path) : 0;
}

static int clone_keeper(struct slot *slot, int socket, struct failure *f) {
    int pidfd = -1;
    bool host = ordinary_identities() == IDENTITIES_HOST;
    if (!(slot->spaces & SPACE_USER) && ordinary_identities() > IDENTITIES_HOST) {
        slot->keeper_pid = ordinary_keeper_outside(socket, &slot->keeper_outside, f);
        return slot->keeper_pid < 0 ? -1 : 0;
    }
    uint64_t flags = slot_clone_flags(slot->spaces);
    slot->keeper_pid = host ? clone_owned(flags, slot->id_base + IDS_PER_SLOT - 1, &pidfd) : clone_into(flags, -1, &pidfd);
    if (slot->keeper_pid == 0) {
        const struct keeper_args args = {
            .socket = socket, .spaces = slot->spaces, .stage = settings.runtime_dir, .id_base = slot->id_base};
        keeper_main(&args);
    }
    int error = errno;
    close_fd(&pidfd);
    return slot->keeper_pid < 0 ? fail(f, STEP_KEEPER, error, "clone the keeper") : 0;
}

static int start_keeper(struct slot *slot, struct failure *f) {
    int pair[2];
    if (packet_pair(pair) < 0)
        return fail(f, STEP_KEEPER, errno, "socketpair");
    int cloned = clone_keeper(slot, pair[1], f);
    close(pair[1]);
    if (cloned < 0) {
        close(pair[0]);
        return -1;
    }
    if (watch_open(&slot->keeper, pair[0], EPOLLIN, slot_keeper_event) < 0) {
        close(pair[0]);
        return fail(f, STEP_KEEPER, errno, "watch the keeper");
    }
    return 0;
}

int slot_start(struct slot *slot, struct failure *f) {
    const struct packet go = {.kind = PACKET_GO};
    if (slot->spaces & SPACE_CGROUP) {
        if (!settings.cgroup.v1_controllers && !settings.cgroup.v2_controllers)
            return fail(f, STEP_CGROUP, ENOTSUP, "no cgroup was configured");
        slot->has_cgroup = true;
        if (cgroup_slot_open(&settings.cgroup, &slot->cgroup, slot->number, slot->id_base, f) < 0)
            return -1;
    }
    if (start_keeper(slot, f) < 0)
        return -1;
    if (slot->spaces & SPACE_USER && open_user_namespace(slot, f) < 0)
        return -1;
    /* Init is to be heard at once when it has to kill a crowd of busy processes. Without the right to, it is heard later. */
    (void)setpriority(PRIO_PROCESS, (id_t)slot->keeper_pid, KEEPER_NICE);
    if (slot->has_cgroup && cgroup_slot_adopt(&settings.cgroup, &slot->cgroup, slot->keeper_pid, f) < 0)
        return -1;
    if (packet_send(slot->keeper.fd, &go, NULL, 0) < 0) {
        struct packet last;
        size_t count;
        fail(f, STEP_KEEPER, errno, "start the keeper");
        /* One that is gone may have said why. */
        if (packet_receive(slot->keeper.fd, &last, NULL, 0, &count, false) == 1 && last.kind == PACKET_FAILED)
            *f = last.failure;
        return -1;
    }
    return 0;
}
