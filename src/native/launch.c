/* Hands a run to its slot: opens what the plan names on the host and the run's own descriptors, and asks the keeper for an
 * init. Whatever fails here ends the run before anything of it exists. */
#include "launcher.h"
#include "seccomp_trace.h"

#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>

static const uint64_t SETUP_WITHIN_NS = 30000000000u;

struct ends {
    int channel[2], input[2], output[2], error[2], plan;
};

static void close_ends(struct ends *e) {
    int *all[] = {&e->channel[0], &e->channel[1], &e->input[0], &e->input[1], &e->output[0],
                  &e->output[1], &e->error[0], &e->error[1], &e->plan};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        close_fd(all[i]);
}

/* Room behind the plan, which init counts in and we read at the end. */
static int open_trace(struct run *run, int plan, struct failure *f) {
    if (ftruncate(plan, (off_t)trace_file_size(run->plan.size)) < 0 ||
        (run->trace = fcntl(plan, F_DUPFD_CLOEXEC, 3)) < 0)
        return fail(f, STEP_TRACE, errno, "memory for the counts");
    return 0;
}

static int open_ends(struct run *run, struct ends *e, struct failure *f) {
    *e = (struct ends){{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, -1};
    if (packet_pair(e->channel) < 0 || pipe2(e->output, O_CLOEXEC) < 0 || pipe2(e->error, O_CLOEXEC) < 0)
        return fail(f, STEP_STDIO, errno, "pipes");
    if (run->plan.spaces & SPACE_STDIN_PIPE && !run->plan.terminal) {
        if (pipe2(e->input, O_CLOEXEC) < 0)
            return fail(f, STEP_STDIO, errno, "pipes");
    } else if ((e->input[0] = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0) {
        return fail(f, STEP_STDIO, errno, "/dev/null");
    }
    e->plan = memfd_create("hotcell-plan", MFD_CLOEXEC);
    if (e->plan < 0 || write(e->plan, run->plan.memory, run->plan.size) != (ssize_t)run->plan.size)
        return fail(f, STEP_STDIO, errno, "plan");
    return run->plan.trace.size ? open_trace(run, e->plan, f) : 0;
}

/* Our ends of the pipes become watches of the run; on success they are no longer in `e`. */
static int watch_ends(struct run *run, struct ends *e, struct failure *f) {
    /* An init shares the CPU limit of its program: waiting for it to read would stop every other run. */
    if (fcntl(e->channel[0], F_SETFL, O_NONBLOCK) < 0 ||
        watch_open(&run->channel, e->channel[0], EPOLLIN, run_channel_event) < 0)
        return fail(f, STEP_STDIO, errno, "watch");
    e->channel[0] = -1;
    if (run->plan.terminal)
        return 0;
    if (stream_open(run, 0, e->output[0]) < 0)
        return fail(f, STEP_STDIO, errno, "watch");
    e->output[0] = -1;
    if (stream_open(run, 1, e->error[0]) < 0)
        return fail(f, STEP_STDIO, errno, "watch");
    e->error[0] = -1;
    if (e->input[1] < 0)
        return 0;
    if (input_open(run, e->input[1]) < 0)
        return fail(f, STEP_STDIO, errno, "watch");
    e->input[1] = -1;
    return 0;
}

static int send_spawn(struct run *run, const struct ends *e, const int *sources, struct failure *f) {
    struct slot *slot = run->slot;
    struct packet more = {.kind = PACKET_SOURCES};
    for (uint32_t at = 0; at < run->plan.source_count; at += PACKET_FDS_MAX) {
        more.value = at;
        uint32_t count = run->plan.source_count - at;
        if (packet_send(slot->keeper.fd, &more, sources + at, count < PACKET_FDS_MAX ? count : PACKET_FDS_MAX) < 0)
            return fail(f, STEP_SOURCES, errno, "send");
    }
    const struct packet spawn = {.kind = PACKET_SPAWN, .flags = run->plan.spaces, .value = run->plan.size};
    const int fds[] = {e->channel[1], e->input[0], e->output[1], e->error[1], e->plan, slot->cgroup.v2_run};
    bool leaf = slot->has_cgroup && slot->cgroup.v2_run >= 0;
    if (packet_send(slot->keeper.fd, &spawn, fds, leaf ? 6 : 5) < 0)
        return fail(f, STEP_KEEPER, errno, "spawn");
    slot->spawning = true;
    return 0;
}

static int take_lock(struct run *run, struct failure *f) {
    const char *path = run->plan.hold;
    struct stat st;
    run->hold = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (run->hold < 0 || fstat(run->hold, &st) < 0)
        return fail(f, STEP_HOLD, errno, "%s", path);
    if (!S_ISREG(st.st_mode))
        return fail(f, STEP_HOLD, EINVAL, "%s is not a regular file", path);
    if (flock(run->hold, LOCK_SH | LOCK_NB) < 0)
        return fail(f, STEP_HOLD, errno, "%s is being removed", path);
    /* Whoever removes it unlinks the file while holding it: what was opened just before then guards nothing. */
    if (fstat(run->hold, &st) < 0 || st.st_nlink == 0)
        return fail(f, STEP_HOLD, ENOENT, "%s was removed", path);
    return 0;
}

/* Whoever would remove what the plan's sources lie in takes the lock for itself alone. The run holds it until its files are
 * read, the slot until nobody of the sandbox is left: either may be the last to need it. */
static int hold(struct run *run, struct slot *slot, struct failure *f) {
    if (!run->plan.hold)
        return 0;
    if (run->hold < 0 && take_lock(run, f) < 0)
        return -1;
    slot->hold = fcntl(run->hold, F_DUPFD_CLOEXEC, 3);
    return slot->hold < 0 ? fail(f, STEP_HOLD, errno, "%s", run->plan.hold) : 0;
}

void run_launch(struct run *run, struct slot *slot) {
    static int sources[SOURCES_MAX];
    struct failure f;
    struct ends ends;
    run->slot = slot;
    run->state = RUN_SPAWNING;
    run->taken_ns = now_ns();
    run->setup_deadline = run->taken_ns + SETUP_WITHIN_NS;
    int opened = hold(run, slot, &f) < 0 ? -1 : sources_open(&run->plan, slot, sources, &f);
    int result = opened;
    if (result == 0)
        result = open_ends(run, &ends, &f);
    if (result == 0 && slot->has_cgroup)
        result = cgroup_slot_leaf(&settings.cgroup, &slot->cgroup, slot->id_base, &f);
    if (result == 0)
        result = watch_ends(run, &ends, &f);
    bool sending = result == 0;
    if (sending)
        result = send_spawn(run, &ends, sources, &f);
    if (opened == 0) {
        close_ends(&ends);
        for (uint32_t i = 0; i < run->plan.source_count; i++)
            close(sources[i]);
    }
    if (result < 0 && sending && (f.error == EPIPE || f.error == ECONNRESET))
        slot_keeper_died(slot, &f);
    else if (result < 0)
        run_failed(run, &f);
}
