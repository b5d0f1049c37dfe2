/* Theory of operation. A keeper stays in the user namespace, the network namespace and (cgroup v1) the groups of its slot,
 * so that each init it forks is born in them, which costs a tenth of making or joining them (docs/architecture.md). It has
 * a mount namespace of its own with nothing of the host in it but /proc: what a sandbox needs comes as descriptors.
 * It holds no other descriptor of the launcher's, serves one run at a time, and dies with the launcher. */
#include "keeper.h"

#include "channel.h"
#include "credentials.h"
#include "init.h"
#include "namespaces.h"
#include "ordinary.h"
#include "rootfs.h"
#include "tree.h"

#include <linux/close_range.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { SPAWN_FDS = 6, KEEPER_SOCKET = 3 };

struct keeper {
    struct keeper_args args;
    int children;
    int *sources;
    size_t source_count;
};

/* Where we are heard. KEEPER_SOCKET is the launcher's own connection to its client until ours is in its place. */
static int heard_at;

static _Noreturn void keeper_die(const struct failure *f) {
    struct packet packet = {.kind = PACKET_FAILED, .failure = *f};
    (void)packet_send(heard_at, &packet, NULL, 0); /* nobody left to tell if this fails */
    _exit(125);
}

static void keeper_check(int result, uint32_t step, const char *what) {
    struct failure f;
    if (result >= 0)
        return;
    fail(&f, step, errno, "%s", what);
    keeper_die(&f);
}

static void reply(uint32_t kind, uint64_t value, const int *fds, size_t count) {
    struct packet packet = {.kind = kind, .value = value};
    keeper_check(packet_send(KEEPER_SOCKET, &packet, fds, count), STEP_KEEPER, "reply");
}

static void only_our_socket(int socket) {
    keeper_check(dup2(socket, KEEPER_SOCKET), STEP_KEEPER, "dup2");
    heard_at = KEEPER_SOCKET;
    keeper_check((int)syscall(SYS_close_range, KEEPER_SOCKET + 1, ~0u, 0), STEP_CLOSE_FDS, "close_range");
    keeper_check(fcntl(KEEPER_SOCKET, F_SETFD, FD_CLOEXEC), STEP_KEEPER, "close-on-exec");
}

/* Whoever is alone in its user namespace has the rights to set things up without being root. */
static int become_set_up_user(uint32_t spaces) {
    bool alone = ordinary_identities() == IDENTITIES_SINGLE && spaces & SPACE_CALLER_USER;
    return alone ? 0 : become_mapped_root();
}

static void set_up(struct keeper *k) {
    struct failure f;
    struct packet packet;
    size_t count;
    heard_at = k->args.socket;
    keeper_check(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), STEP_KEEPER, "PDEATHSIG");
    only_our_socket(k->args.socket);
    keeper_check(setsid(), STEP_KEEPER, "setsid");
    signal(SIGCHLD, SIG_IGN); /* inits are reaped by the kernel; the launcher watches their pidfds */
    /* The first packet says that our ids are mapped and that we are in our cgroups. */
    int got = packet_receive(KEEPER_SOCKET, &packet, NULL, 0, &count, true);
    keeper_check(got, STEP_KEEPER, "hear from the launcher");
    if (got == 0)
        _exit(0);
    if (k->args.spaces & SPACE_USER) {
        keeper_check(become_set_up_user(k->args.spaces), STEP_USER_NAMESPACE, "become root of the user namespace");
        keeper_check(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), STEP_KEEPER, "PDEATHSIG");
        keeper_check(forbid_user_namespaces(), STEP_USER_NAMESPACE, "max_user_namespaces");
        if (ordinary_identities() != IDENTITIES_HOST)
            keeper_check(share_inotify(), STEP_USER_NAMESPACE, "max_inotify_instances");
        if (stage_prepare(k->args.stage, true, &f) < 0)
            keeper_die(&f);
    } else {
        keeper_check(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), STEP_KEEPER, "subreaper");
        keeper_check(k->children = tree_open_children(), STEP_KEEPER, "children");
    }
    reply(PACKET_UP, 0, NULL, 0);
}

static void keep_sources(struct keeper *k, const int *fds, size_t count) {
    int *grown = realloc(k->sources, (k->source_count + count + 1) * sizeof *grown);
    if (!grown)
        keeper_check(-1, STEP_SOURCES, "memory");
    k->sources = grown;
    memcpy(k->sources + k->source_count, fds, count * sizeof *fds);
    k->source_count += count;
}

static void drop_sources(struct keeper *k) {
    for (size_t i = 0; i < k->source_count; i++)
        close(k->sources[i]);
    k->source_count = 0;
}

static uint8_t *read_plan(int fd, size_t size) {
    uint8_t *memory = malloc(size);
    for (size_t have = 0; memory && have < size;) {
        ssize_t got = pread(fd, memory + have, size - have, (off_t)have);
        if (got <= 0) {
            free(memory);
            return NULL;
        }
        have += (size_t)got;
    }
    return memory;
}

/* In the child: it is init from here on. */
static _Noreturn void become_init(struct keeper *k, const int fds[SPAWN_FDS], size_t plan_size) {
    struct failure f;
    struct plan plan;
    struct packet packet = {.kind = PACKET_FAILED};
    close(KEEPER_SOCKET);
    uint8_t *memory = read_plan(fds[4], plan_size);
    if (!memory || plan_decode(&plan, memory, plan_size, &f) < 0) {
        fail(&packet.failure, STEP_PROTOCOL, errno, "read the plan");
        (void)packet_send(fds[0], &packet, NULL, 0); /* nobody left to tell if this fails */
        _exit(125);
    }
    bool staged = plan.spaces & SPACE_USER;
    if (!staged && plan.spaces & SPACE_MOUNT)
        plan_shift_ids(&plan, k->args.id_base);
    struct init_args args = {
        .plan = &plan,
        .sources = k->sources,
        .channel = fds[0],
        .stdio = {fds[1], fds[2], fds[3]},
        .plan_file = fds[4],
        .stage = staged || !(plan.spaces & SPACE_MOUNT) ? NULL : k->args.stage,
    };
    init_main(&args);
}

static void spawn(struct keeper *k, const struct packet *packet, const int fds[SPAWN_FDS]) {
    int pidfd = -1;
    pid_t pid = clone_into(clone_flags(packet->flags), fds[5], &pidfd);
    if (pid == 0)
        become_init(k, fds, (size_t)packet->value);
    if (pid < 0) {
        struct packet failed = {.kind = PACKET_FAILED};
        fail(&failed.failure, STEP_CLONE, errno, "clone init");
        keeper_check(packet_send(KEEPER_SOCKET, &failed, NULL, 0), STEP_KEEPER, "reply");
    } else {
        reply(PACKET_SPAWNED, (uint64_t)pid, &pidfd, 1);
    }
    close_fd(&pidfd);
    drop_sources(k);
}

/* Whoever ran last may have left something that no namespace of the run took with it. */
static void reset(struct keeper *k, const struct packet *packet) {
    if (packet->flags & RESET_NETWORK)
        keeper_check(renew_network(), STEP_LOOPBACK, "renew the network namespace");
    if (packet->flags & RESET_KEYS)
        keeper_check(clear_keys_of((uid_t)packet->value, (gid_t)(packet->value >> 32)), STEP_KEYRING, "clear keys");
    if (packet->flags & RESET_CHILDREN) {
        signal(SIGCHLD, SIG_DFL);
        tree_kill_all(false, k->children);
        signal(SIGCHLD, SIG_IGN);
    }
    reply(PACKET_RESET_DONE, 0, NULL, 0);
}

void keeper_main(const struct keeper_args *args) {
    struct keeper k = {.args = *args, .children = -1};
    struct packet packet;
    int fds[PACKET_FDS_MAX];
    size_t count;
    set_up(&k);
    for (;;) {
        int got = packet_receive(KEEPER_SOCKET, &packet, fds, PACKET_FDS_MAX, &count, true);
        if (got <= 0)
            _exit(got < 0 ? 125 : 0);
        if (packet.kind == PACKET_SOURCES) {
            if (packet.value == 0)
                drop_sources(&k); /* of a run that could not be sent to its end */
            keep_sources(&k, fds, count);
            continue;
        }
        if (packet.kind == PACKET_SPAWN)
            spawn(&k, &packet, fds);
        else if (packet.kind == PACKET_RESET)
            reset(&k, &packet);
        for (size_t i = 0; i < count; i++)
            close(fds[i]);
    }
}
