/* One run from its request to FINISHED.
 *
 *   WAITING ──slot──▶ SPAWNING ──READY and pidfd: GO──▶ RUNNING ──EXITED, failure or init dead──▶ DRAINING ─▶ COLLECTING ─▶ gone
 *
 * The first cause wins: whoever wants the run killed says why, and only the first is remembered. Deadlines (run_limits.c),
 * kills and clock reads are all in the launcher, so that a stalled client cannot move them. */
#include "launcher.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <termios.h>

static const uint64_t FORCE_INIT_AFTER_NS = 100000000u, FORCE_TREE_AFTER_NS = 2000000000u;

static void run_free(struct run *run) {
    run_list_remove(run);
    watch_close(&run->channel);
    watch_close(&run->input);
    watch_close(&run->streams[0].watch);
    watch_close(&run->streams[1].watch);
    close_fd(&run->hold);
    close_fd(&run->terminal);
    close_fd(&run->trace);
    close_fd(&run->mount_namespace);
    close_fd(&run->root);
    buffer_free(&run->input_data);
    collector_free(run->collector);
    plan_free(&run->plan);
    loop_free_later(run);
}

/* ---- the end ---- */

static void run_finish(struct run *run) {
    close_fd(&run->hold); /* whoever hears of the end may want the lock at once */
    run_send_trace(run);
    run_send_finished(run);
    run_free(run);
}

static void run_collect(struct run *run) {
    if (run->root >= 0 && run->connection && !run->collector && !(run->collector = collector_new()))
        run_lost(run, STEP_OUTPUTS, ENOMEM, "memory to copy files out");
    if (run->collector && !collector_step(run->collector, run))
        return; /* goes on when the client has read */
    run_finish(run);
}

/* Everybody who could write is dead, so "nothing to read" is the end even where no end of file comes. */
void run_drain(struct run *run) {
    for (int i = 0; i < 2; i++) {
        struct stream *s = &run->streams[i];
        while (s->watch.fd >= 0 && run->connection) {
            if (s->credit == 0 || connection_congested(run->connection))
                return;
            if (!stream_pump(s, run))
                watch_close(&s->watch);
        }
        watch_close(&s->watch);
    }
    run->state = RUN_COLLECTING;
    run_collect(run);
}

/* The program is over, one way or another. Takes the figures, gives the slot back, and goes on to what is still unread. */
static void run_end(struct run *run) {
    struct slot *slot = run->slot;
    if (run->state >= RUN_DRAINING)
        return;
    run->end_ns = now_ns();
    run->wall_deadline = run->cpu_deadline = run->sample_deadline = run->watch_deadline = run->force_deadline = run->setup_deadline = 0;
    run_note_usage(run);
    watch_close(&run->channel);
    run->state = RUN_DRAINING;
    run->slot = NULL;
    if (slot) {
        if (run->plan.spaces & SPACE_LOOPBACK)
            slot->reset_flags |= RESET_NETWORK;
        if (run->plan.spaces & SPACE_USER && !run->plan.seccomp.size)
            slot->reset_flags |= RESET_KEYS;
        /* It could be any user, and leave keys with each. */
        if (run->plan.capabilities && !run->plan.seccomp.size)
            slot->spoiled = true;
        if (!(run->plan.spaces & SPACE_PID))
            slot->reset_flags |= RESET_CHILDREN;
        if (run->has_exited)
            close_fd(&slot->hold); /* all that is left is an init on its way out */
        slot->reset_uid = run->plan.uid;
        slot->reset_gid = run->plan.gid;
        slot_let_go(slot);
    }
    run_drain(run);
}

/* Something of it cannot be told any more: it goes on to its end, which is a failure of ours then, however the program ended. */
void run_lost(struct run *run, uint32_t step, int error, const char *what) {
    if (!run->failure.step)
        fail(&run->failure, step, error, "%s", what);
    if (run->state == RUN_RUNNING)
        sys_pidfd_kill(run->slot->init.fd, SIGKILL);
}

void run_failed(struct run *run, const struct failure *f) {
    if (run->state >= RUN_DRAINING)
        return;
    if (!run->failure.step)
        run->failure = *f;
    if (run->slot && run->slot->run != run)
        run->slot = NULL; /* the slot is gone already */
    run_end(run);
}

/* Its keeper died before there was a program: nothing of it has happened, so it waits for another slot. Once, or a run that
 * kills keepers would do so for ever. */
bool run_give_back(struct run *run) {
    if (run->state != RUN_SPAWNING || run->spawned || run->ready || run->kill_wanted || run->given_back)
        return false;
    watch_close(&run->channel);
    watch_close(&run->input);
    watch_close(&run->streams[0].watch);
    watch_close(&run->streams[1].watch);
    close_fd(&run->trace);
    run->given_back = true;
    run->slot = NULL;
    run->setup_deadline = 0;
    run->state = RUN_WAITING;
    return true;
}

void run_init_ended(struct run *run) {
    while (run->state < RUN_DRAINING && run->channel.fd >= 0) {
        int before = run->channel.fd;
        struct packet packet;
        size_t count;
        /* Its last words may still be on the way. */
        int got = packet_receive(before, &packet, NULL, 0, &count, false);
        if (got <= 0)
            break;
        if (packet.kind == PACKET_EXITED) {
            run->exited = packet.exited;
            run->has_exited = true;
            run_end(run);
        } else if (packet.kind == PACKET_FAILED) {
            run_failed(run, &packet.failure);
        }
    }
    if (run->state >= RUN_DRAINING)
        return;
    if (!run->cause && !run->failure.step)
        fail(&run->failure, STEP_INIT, 0, "init was killed from outside or died");
    run_end(run);
}

void run_kill(struct run *run, uint32_t cause) {
    static const struct packet packet = {.kind = PACKET_KILL};
    if (run->state >= RUN_DRAINING)
        return;
    if (!run->cause)
        run->cause = cause;
    if (run->state == RUN_WAITING) {
        run_end(run);
        return;
    }
    run->kill_wanted = true;
    if (!run->spawned)
        return; /* at once when its pidfd comes */
    if (run->state == RUN_SPAWNING) {
        sys_pidfd_kill(run->slot->init.fd, SIGKILL);
        return;
    }
    /* Init kills the rest and lives to tell when the program ended and what it used: killing init itself would count the
     * freeing of its whole file system as the program's time. If it cannot, it goes too. */
    if (run->slot->has_cgroup)
        cgroup_slot_unthrottle(&run->slot->cgroup);
    (void)packet_send(run->channel.fd, &packet, NULL, 0); /* an init that is gone shows on its pidfd */
    if (!run->force_deadline)
        run->force_deadline = now_ns() + (run->plan.spaces & SPACE_PID ? FORCE_INIT_AFTER_NS : FORCE_TREE_AFTER_NS);
}

void run_signal(struct run *run, uint32_t signo) {
    const struct packet packet = {.kind = PACKET_SIGNAL, .flags = signo};
    if (run->state < RUN_RUNNING)
        run->early_signals |= 1ull << (signo - 1);
    else if (run->state == RUN_RUNNING)
        (void)packet_send(run->channel.fd, &packet, NULL, 0); /* init is gone, or hundreds of signals behind */
}

void run_resize(struct run *run, uint16_t rows, uint16_t columns) {
    const struct winsize size = {.ws_row = rows, .ws_col = columns};
    if (run->terminal >= 0)
        ioctl(run->terminal, TIOCSWINSZ, &size);
}

/* ---- the beginning ---- */

/* It cannot start for a reason of ours. An init whose pidfd is still to come is killed when it does. */
static void run_broken(struct run *run, const struct failure *f) {
    if (run->spawned)
        sys_pidfd_kill(run->slot->init.fd, SIGKILL);
    run_failed(run, f);
}

static void run_go(struct run *run) {
    struct failure f;
    size_t mark;
    const struct packet packet = {.kind = PACKET_GO};
    const uint64_t *limits = run->plan.limits;
    if (run->slot->has_cgroup && cgroup_slot_begin(&settings.cgroup, &run->slot->cgroup, &run->plan, &f) < 0) {
        run_broken(run, &f);
        return;
    }
    run->go_ns = now_ns();
    if (packet_send(run->channel.fd, &packet, NULL, 0) < 0) {
        fail(&f, STEP_INIT, errno, "let init go on");
        run_broken(run, &f);
        return;
    }
    run->setup_deadline = 0;
    run->state = RUN_RUNNING;
    if (limits[LIMIT_WALL_TIME_NS])
        run->wall_deadline = run->go_ns + limits[LIMIT_WALL_TIME_NS];
    if (limits[LIMIT_CPU_TIME_NS])
        run->cpu_deadline = run->go_ns + limits[LIMIT_CPU_TIME_NS] / (limits[LIMIT_CPU_PARALLEL] ? limits[LIMIT_CPU_PARALLEL] : 1);
    for (uint32_t signo = 1; signo <= 64; signo++)
        if (run->early_signals & 1ull << (signo - 1))
            run_signal(run, signo); /* init reads it once the program is there */
    if (frame_begin(run->connection, MESSAGE_STARTED, run->id, &mark))
        frame_end(run->connection, mark);
    input_pump(run);
}

static void run_maybe_go(struct run *run) {
    if (!run->spawned || !run->ready || run->state != RUN_SPAWNING)
        return;
    if (run->kill_wanted)
        sys_pidfd_kill(run->slot->init.fd, SIGKILL);
    else
        run_go(run);
}

void run_spawned(struct run *run) {
    run->spawned = true;
    if (run->kill_wanted)
        sys_pidfd_kill(run->slot->init.fd, SIGKILL);
    run_maybe_go(run);
}

static int watch_terminal(struct run *run) {
    int input = fcntl(run->terminal, F_DUPFD_CLOEXEC, 3);
    if (input < 0 || input_open(run, input) < 0) {
        close_fd(&input);
        return -1;
    }
    int output = fcntl(run->terminal, F_DUPFD_CLOEXEC, 3);
    if (output >= 0 && stream_open(run, 0, output) == 0)
        return 0;
    close_fd(&output);
    return -1;
}

/* READY brings the pty's master, and what keeps the files in reach. */
static void run_ready(struct run *run, int *fds, size_t count) {
    size_t next = 0, expected = (run->plan.terminal ? 1u : 0u) + (run->plan.output_count > 0 ? 2u : 0u);
    if (count != expected) { /* the kernel drops those that we have no room for */
        struct failure f;
        while (next < count)
            close(fds[next++]);
        fail(&f, STEP_INIT, EMFILE, "READY came with %zu of %zu descriptors", count, expected);
        run_broken(run, &f);
        return;
    }
    if (run->plan.terminal)
        run->terminal = fds[next++];
    if (run->plan.output_count > 0) {
        run->mount_namespace = fds[next];
        run->root = fds[next + 1];
    }
    if (run->plan.terminal && watch_terminal(run) < 0) {
        struct failure f;
        fail(&f, STEP_TERMINAL, errno, "watch the terminal");
        run_broken(run, &f);
        return;
    }
    run->ready = true;
    run_maybe_go(run);
}

void run_channel_event(struct watch *watch, uint32_t events) {
    struct run *run = owner_of(watch, struct run, channel);
    struct packet packet;
    int fds[3];
    size_t count;
    (void)events;
    int got = packet_receive(watch->fd, &packet, fds, 3, &count, false);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got == 0 || (got < 0 && errno == ECONNRESET)) {
        watch_change(watch, 0); /* init is gone; its pidfd is what ends the run */
        return;
    }
    if (got < 0) {
        struct failure f;
        fail(&f, STEP_INIT, errno, "hear from init");
        run_broken(run, &f);
        return;
    }
    if (packet.kind == PACKET_READY)
        run_ready(run, fds, count);
    else if (packet.kind == PACKET_USAGE)
        run_usage_answered(run, &packet);
    else if (packet.kind == PACKET_STARTED)
        run_program_started(run, packet.value);
    else if (packet.kind == PACKET_FAILED)
        run_failed(run, &packet.failure);
    else if (packet.kind == PACKET_EXITED) {
        run->exited = packet.exited;
        run->has_exited = true;
        run_end(run);
    }
}

void run_request(struct connection *c, uint32_t id, const uint8_t *payload, size_t size) {
    struct failure f;
    struct run *run = calloc(1, sizeof *run);
    uint8_t *memory = malloc(size ? size : 1);
    if (!run || !memory) {
        free(run);
        free(memory);
        fail(&f, STEP_PROTOCOL, ENOMEM, "run");
        send_failure(c, MESSAGE_REFUSED, id, &f);
        return;
    }
    if (size)
        memcpy(memory, payload, size);
    if (!settings.configured || plan_decode(&run->plan, memory, size, &f) < 0) {
        if (!settings.configured) {
            fail(&f, STEP_CONFIGURE, EINVAL, "configure comes first");
            free(memory);
        }
        free(run);
        send_failure(c, MESSAGE_REFUSED, id, &f);
        return;
    }
    run->connection = c;
    run->id = id;
    run->asked_ns = now_ns();
    run->channel.fd = run->input.fd = run->streams[0].watch.fd = run->streams[1].watch.fd = -1;
    run->hold = run->terminal = run->trace = run->mount_namespace = run->root = -1;
    run_list_add(run);
}

/* ---- what happens to all runs ---- */

void run_client_gone(struct connection *c) {
    struct run *next;
    for (struct run *run = run_list_first(); run; run = next) {
        next = run->next;
        if (run->connection != c)
            continue;
        run->connection = NULL;
        if (run->state >= RUN_DRAINING)
            run_free(run);
        else
            run_kill(run, CAUSE_SHUTDOWN);
    }
}

void run_client_writable(struct connection *c) {
    struct run *next;
    for (struct run *run = run_list_first(); run; run = next) {
        next = run->next;
        if (run->connection != c)
            continue;
        for (int i = 0; i < 2; i++)
            if (run->streams[i].watch.fd >= 0)
                stream_events(&run->streams[i], run);
        if (run->state == RUN_DRAINING)
            run_drain(run);
        else if (run->state == RUN_COLLECTING)
            run_collect(run);
    }
}
