/* Theory of operation. Without root we enter a user namespace in which we are root before anything else: of a mount
 * namespace of ours we may copy mounts, of slots beneath it map the ids, and of files that belong to those ids read what a
 * program wrote. Our id 0 is the caller's; 1 and up are what /etc/subuid gives, whole ranges of IDS_PER_SLOT, if anything.
 *
 *   own ids       slot's 0… are a range of those: a program is nobody whom the host knows
 *   caller's id   the first range's, but slot's 0 or USER_ID is the caller: for files that outlive a run, of mounts and images
 *   single id     slot's 0 or USER_ID is the caller, and there is nobody else
 *
 * There is no way back out, so one process stays outside and clones the keepers of runs that are to be the caller's own. */
#include "ordinary.h"

#include "channel.h"
#include "keeper.h"
#include "mounts.h"
#include "namespaces.h"

#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { OUTSIDE_SOCKET = 3 };

static bool entered;
static uint32_t ranges;
static int outside = -1;
static pid_t outside_pid;

uint32_t ordinary_identities(void) {
    if (!entered)
        return geteuid() == 0 ? IDENTITIES_HOST : IDENTITIES_NONE;
    return ranges > 0 ? IDENTITIES_RANGES : IDENTITIES_SINGLE;
}

static _Noreturn void stay_outside(int socket, pid_t launcher) {
    struct packet packet;
    int keeper, pidfd = -1;
    size_t count;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 || getppid() != launcher || dup2(socket, OUTSIDE_SOCKET) < 0 ||
        syscall(SYS_close_range, OUTSIDE_SOCKET + 1, ~0u, 0) < 0 || fcntl(OUTSIDE_SOCKET, F_SETFD, FD_CLOEXEC) < 0)
        _exit(125);
    signal(SIGCHLD, SIG_IGN); /* keepers are reaped by the kernel; the launcher has their pidfds */
    while (packet_receive(OUTSIDE_SOCKET, &packet, &keeper, 1, &count, true) > 0) {
        pid_t pid = clone_into(0, -1, &pidfd);
        if (pid == 0)
            keeper_main(&(struct keeper_args){.socket = keeper});
        packet = (struct packet){.kind = PACKET_SPAWNED, .value = (uint64_t)pid};
        if (pid < 0) {
            packet.kind = PACKET_FAILED;
            fail(&packet.failure, STEP_KEEPER, errno, "clone the keeper");
        }
        close_fd(&keeper);
        int sent = packet_send(OUTSIDE_SOCKET, &packet, &pidfd, pid < 0 ? 0 : 1);
        close_fd(&pidfd);
        if (sent < 0)
            break;
    }
    _exit(0);
}

static int leave_one_outside(struct failure *f) {
    int pair[2], pidfd = -1;
    pid_t launcher = getpid();
    if (packet_pair(pair) < 0)
        return fail(f, STEP_KEEPER, errno, "socketpair");
    pid_t pid = clone_into(0, -1, &pidfd);
    if (pid == 0)
        stay_outside(pair[1], launcher);
    int error = errno;
    close(pair[1]);
    close_fd(&pidfd);
    outside = pair[0];
    outside_pid = pid;
    return pid < 0 ? fail(f, STEP_KEEPER, error, "clone") : 0;
}

int ordinary_enter(struct failure *f) {
    if (entered || geteuid() == 0)
        return fail(f, STEP_USER_NAMESPACE, EALREADY, "root already");
    if (leave_one_outside(f) < 0)
        return -1;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
        return fail(f, STEP_USER_NAMESPACE, errno, "unshare");
    /* Some hosts let the call succeed and take the rights away that come with it. This changes nothing, but needs them. */
    if (mount_follow_tree() < 0)
        return fail(f, STEP_USER_NAMESPACE, errno, "it gives no rights");
    entered = true;
    return 0;
}

void ordinary_stop(void) {
    close_fd(&outside); /* its end too */
    if (outside_pid > 0)
        waitpid(outside_pid, NULL, 0);
}

int ordinary_identify(uint32_t count, struct failure *f) {
    if (!entered)
        return fail(f, STEP_IDENTITY, EINVAL, "ids are given in a user namespace only");
    if (geteuid() != 0)
        return fail(f, STEP_IDENTITY, EINVAL, "the ids of the user namespace are not mapped");
    ranges = count;
    return 0;
}

uint32_t ordinary_id_base(unsigned slot, uint32_t spaces) {
    if (ranges == 0 || spaces & SPACE_CALLER_ROOT)
        return 0; /* the caller */
    if (spaces & SPACE_CALLER_USER)
        return 1;
    /* The first range is that of files; it serves for programs when it is the only one. */
    return 1 + (ranges > 1 ? 1 + slot % (ranges - 1) : 0) * IDS_PER_SLOT;
}

int ordinary_map(pid_t keeper, uint32_t id_base, uint32_t spaces) {
    char map[96];
    if (ranges == 0)
        snprintf(map, sizeof map, "%u 0 1", spaces & SPACE_CALLER_USER ? USER_ID : 0);
    else if (spaces & SPACE_CALLER_ROOT)
        snprintf(map, sizeof map, "0 0 1\n1 2 %u", IDS_PER_SLOT - 1);
    else if (spaces & SPACE_CALLER_USER)
        snprintf(map, sizeof map, "0 1 %u\n%u 0 1\n%u %u %u", USER_ID, USER_ID, USER_ID + 1, USER_ID + 2,
                 IDS_PER_SLOT - USER_ID - 1);
    else
        snprintf(map, sizeof map, "0 %u %u", id_base, IDS_PER_SLOT);
    return map_ids_as(keeper, map);
}

pid_t ordinary_keeper_outside(int socket, int *pidfd, struct failure *f) {
    struct packet packet = {.kind = PACKET_SPAWN};
    size_t count;
    *pidfd = -1;
    if (packet_send(outside, &packet, &socket, 1) < 0 || packet_receive(outside, &packet, pidfd, 1, &count, true) <= 0)
        return fail(f, STEP_KEEPER, errno ? errno : EPIPE, "the process outside of our user namespace is gone");
    if (packet.kind == PACKET_SPAWNED && *pidfd >= 0)
        return (pid_t)packet.value;
    *f = packet.failure;
    return -1;
}
