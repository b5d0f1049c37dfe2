/* The clocks of runs: wall and CPU time, samples, and the patience with a set-up or an end that takes too long. */
#include "launcher.h"

#include <signal.h>

static const uint64_t CPU_RECHECK_NS = 300000u, ASK_AGAIN_NS = 10000000u, FIRST_LOOK_NS = 500000u, ANSWERS_WITHIN_NS = 10000000000u;
enum { BLIND_LOOKS_MAX = 50 }; /* a program that is ending may be seen no more for a while */

static void cpu_checked(struct run *run, uint64_t used) {
    const uint64_t *limits = run->plan.limits;
    if (used >= limits[LIMIT_CPU_TIME_NS]) {
        run_kill(run, CAUSE_CPU_TIME);
        return;
    }
    uint64_t left = (limits[LIMIT_CPU_TIME_NS] - used) / (limits[LIMIT_CPU_PARALLEL] ? limits[LIMIT_CPU_PARALLEL] : 1);
    run->cpu_deadline = now_ns() + (left > CPU_RECHECK_NS ? left : CPU_RECHECK_NS);
}

static void send_look(struct run *run, const struct look *look) {
    struct sample s = {0};
    sample_set(&s, FIGURE_CPU_NS, look->cpu_ns);
    if (look->memory_bytes)
        sample_set(&s, FIGURE_MEMORY_BYTES, look->memory_bytes);
    if (look->pids)
        sample_set(&s, FIGURE_PIDS, look->pids);
    run_send_sample(run, now_ns(), &s);
}

static void plan_next_look(struct run *run) {
    uint64_t longest = run->plan.limits[LIMIT_WATCH_INTERVAL_NS];
    run->watch_step = run->watch_step * 2 < longest ? run->watch_step * 2 : longest;
    run->watch_deadline = now_ns() + run->watch_step;
}

/* A program that could keep its init from looking would have no limits. */
static void unwatched(struct run *run, int error, const char *why) {
    struct failure f;
    fail(&f, STEP_PROC, error, "%s", why);
    sys_pidfd_kill(run->slot->init.fd, SIGKILL);
    run_failed(run, &f);
}

static void note_look(struct run *run, const struct look *look) {
    const uint64_t limit = run->plan.limits[LIMIT_MEMORY_BYTES];
    if (look->memory_bytes > run->peak.memory_bytes)
        run->peak.memory_bytes = look->memory_bytes;
    if (look->pids > run->peak.pids)
        run->peak.pids = look->pids;
    if (limit && look->memory_bytes > limit)
        run_kill(run, CAUSE_MEMORY);
}

static void take_look(struct run *run, const struct look *look) {
    run->unanswered = false;
    run->blind = look->pids ? 0 : run->blind + 1;
    if (run->blind > BLIND_LOOKS_MAX)
        unwatched(run, 0, "the program cannot be looked at");
    else
        plan_next_look(run);
}

/* A look at a program without a cgroup: its init answers, to the limit's check, to a sample, or because it is watched. */
void run_usage_answered(struct run *run, const struct packet *packet) {
    note_look(run, &packet->look);
    if (packet->flags == USAGE_FOR_LIMIT)
        cpu_checked(run, packet->look.cpu_ns);
    else if (packet->flags == USAGE_FOR_SAMPLE)
        send_look(run, &packet->look);
    else
        take_look(run, &packet->look);
}

/* The program is about to begin: its clock is exact from here on. */
void run_program_started(struct run *run, uint64_t at) {
    const uint64_t *limits = run->plan.limits;
    run->started_ns = at;
    if (run->wall_deadline)
        run->wall_deadline = at + limits[LIMIT_WALL_TIME_NS];
    if (limits[LIMIT_SAMPLE_INTERVAL_NS])
        run->sample_deadline = at + limits[LIMIT_SAMPLE_INTERVAL_NS];
    if (limits[LIMIT_WATCH_INTERVAL_NS]) {
        run->watch_step = FIRST_LOOK_NS;
        run->watch_deadline = at + FIRST_LOOK_NS;
    }
}

static void check_cpu(struct run *run) {
    static const struct packet ask = {.kind = PACKET_USAGE, .flags = USAGE_FOR_LIMIT};
    run->cpu_deadline = 0;
    if (run->slot->has_cgroup)
        cpu_checked(run, cgroup_slot_cpu_ns(&run->slot->cgroup));
    else if (packet_send(run->channel.fd, &ask, NULL, 0) < 0) /* the answer, or init's end, comes as an event */
        run->cpu_deadline = now_ns() + ASK_AGAIN_NS;
}

static void watch(struct run *run) {
    static const struct packet ask = {.kind = PACKET_USAGE, .flags = USAGE_FOR_WATCH};
    if (run->unanswered) {
        unwatched(run, ETIMEDOUT, "init does not look at the program any more");
        return;
    }
    /* The answer says when the next is due, so that they do not pile up. */
    run->unanswered = true;
    run->watch_deadline = now_ns() + ANSWERS_WITHIN_NS;
    if (packet_send(run->channel.fd, &ask, NULL, 0) < 0) {
        run->unanswered = false;
        run->watch_deadline = now_ns() + ASK_AGAIN_NS;
    }
}

/* A mount of a dead server, say: its keeper or init hangs, and no limit of the job counts yet. The slot goes with it. */
static void setup_expired(struct run *run) {
    struct failure f;
    fail(&f, STEP_INIT, ETIMEDOUT, "the sandbox was not set up in time");
    slot_broken(run->slot, &f);
}

uint64_t run_tick(uint64_t now) {
    uint64_t deadline = 0;
    struct run *next;
    for (struct run *run = run_list_first(); run; run = next) {
        next = run->next;
        if (run->wall_deadline && run->wall_deadline <= now) {
            run->wall_deadline = 0;
            run_kill(run, CAUSE_WALL_TIME);
        }
        if (run->state == RUN_RUNNING && run->cpu_deadline && run->cpu_deadline <= now)
            check_cpu(run);
        if (run->state == RUN_RUNNING && run->watch_deadline && run->watch_deadline <= now)
            watch(run);
        if (run->state == RUN_RUNNING && run->sample_deadline && run->sample_deadline <= now)
            run_sample(run, now);
        if (run->state < RUN_DRAINING && run->force_deadline && run->force_deadline <= now) {
            run->force_deadline = 0;
            sys_pidfd_kill(run->slot->init.fd, SIGKILL);
        }
        deadline = earlier(earlier(deadline, run->wall_deadline), earlier(run->cpu_deadline, run->force_deadline));
        deadline = earlier(earlier(deadline, run->setup_deadline), earlier(run->sample_deadline, run->watch_deadline));
        if (run->state == RUN_SPAWNING && run->setup_deadline && run->setup_deadline <= now)
            setup_expired(run);
    }
    return deadline;
}
