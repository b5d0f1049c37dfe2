/* A slot is what the launcher keeps between runs: an id range, a network namespace, cgroups, and the keeper living in them.
 *
 *   STARTING ──UP──▶ FREE ──run──▶ BUSY ──init is dead──▶ RESETTING ──RESET_DONE──▶ FREE
 *
 * A slot that cannot be proven clean is closed, never reused. */
#include "launcher.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/wait.h>

/* The kinds of slots that there can be; plan.c refuses runs for others. */
enum { KINDS = 13 };
static const uint32_t kinds[KINDS] = {
    SPACE_USER | SPACE_NETWORK | SPACE_CGROUP, SPACE_USER | SPACE_CGROUP, SPACE_USER | SPACE_NETWORK, SPACE_USER, 0,
    SPACE_CALLER_ROOT | SPACE_USER | SPACE_NETWORK | SPACE_CGROUP, SPACE_CALLER_ROOT | SPACE_USER | SPACE_CGROUP,
    SPACE_CALLER_ROOT | SPACE_USER | SPACE_NETWORK, SPACE_CALLER_ROOT | SPACE_USER,
    SPACE_CALLER_USER | SPACE_USER | SPACE_NETWORK | SPACE_CGROUP, SPACE_CALLER_USER | SPACE_USER | SPACE_CGROUP,
    SPACE_CALLER_USER | SPACE_USER | SPACE_NETWORK, SPACE_CALLER_USER | SPACE_USER};

static struct slot *slots;
static bool numbers[SLOTS_MAX];
static bool closing;

/* The descriptor is the watch's once there is one. */
static void unwatch_oom(struct slot *slot) {
    if (slot->oom.fd >= 0)
        slot->cgroup.oom_event = -1;
    watch_close(&slot->oom);
}

static void end_keeper(struct slot *slot) {
    if (slot->keeper_outside >= 0) {
        sys_pidfd_kill(slot->keeper_outside, SIGKILL);
        close_fd(&slot->keeper_outside);
    } else if (slot->keeper_pid > 0) {
        kill(slot->keeper_pid, SIGKILL); /* ours and not yet waited for, so the number is still its own */
        waitpid(slot->keeper_pid, NULL, 0);
    }
}

static void slot_close(struct slot *slot) {
    for (struct slot **at = &slots; *at; at = &(*at)->next)
        if (*at == slot) {
            *at = slot->next;
            break;
        }
    watch_close(&slot->keeper);
    watch_close(&slot->init);
    unwatch_oom(slot);
    close_fd(&slot->user_namespace);
    close_fd(&slot->hold);
    end_keeper(slot);
    if (slot->has_cgroup)
        cgroup_slot_close(&settings.cgroup, &slot->cgroup);
    numbers[slot->number] = false;
    loop_free_later(slot);
}

void slot_broken(struct slot *slot, const struct failure *f) {
    struct run *run = slot->run;
    uint32_t spaces = slot->spaces;
    bool came_up = slot->state != SLOT_STARTING;
    slot->run = NULL;
    slot_close(slot);
    if (run)
        run_failed(run, f);
    /* One that never came up would not come up again either: the run that waited for it fails instead of trying forever. */
    if (!closing && !came_up && (run = run_next_waiting(spaces)))
        run_failed(run, f);
}

void slot_keeper_died(struct slot *slot, const struct failure *f) {
    if (!closing && slot->run && run_give_back(slot->run))
        slot->run = NULL;
    slot_broken(slot, f);
}

static void reset_slot(struct slot *slot) {
    struct failure f;
    close_fd(&slot->hold);
    if (slot->spoiled) {
        slot_close(slot);
        return;
    }
    if (settings.cgroup.v2_controllers & CONTROLLER_MEMORY)
        unwatch_oom(slot); /* it is the leaf's */
    if (slot->has_cgroup && cgroup_slot_reset(&settings.cgroup, &slot->cgroup) < 0) {
        fail(&f, STEP_CGROUP, errno, "slot %u is not clean", slot->number);
        slot_broken(slot, &f);
        return;
    }
    if (!slot->reset_flags) {
        slot->state = SLOT_FREE;
        return;
    }
    struct packet packet = {.kind = PACKET_RESET, .flags = slot->reset_flags,
                            .value = slot->reset_uid | (uint64_t)slot->reset_gid << 32};
    slot->state = SLOT_RESETTING;
    slot->reset_flags = 0;
    if (packet_send(slot->keeper.fd, &packet, NULL, 0) < 0) {
        fail(&f, STEP_KEEPER, errno, "reset");
        slot_broken(slot, &f);
    }
}

/* The init's pidfd: it is dead, and with it everything that was in its pid namespace. */
static void init_event(struct watch *watch, uint32_t events) {
    struct slot *slot = owner_of(watch, struct slot, init);
    (void)events;
    if (slot->run)
        run_init_ended(slot->run);
    watch_close(&slot->init);
    if (!slot->run)
        reset_slot(slot);
}

/* A run is done with its slot. Its init may still be dying; whoever comes last resets. */
void slot_let_go(struct slot *slot) {
    slot->run = NULL;
    if (!slot->spawning && slot->init.fd < 0)
        reset_slot(slot);
}

static void oom_event(struct watch *watch, uint32_t events) {
    struct slot *slot = owner_of(watch, struct slot, oom);
    (void)events;
    if (cgroup_slot_oom_event(&slot->cgroup) && slot->run)
        run_kill(slot->run, CAUSE_MEMORY);
}

static void watch_oom(struct slot *slot) {
    if (slot->has_cgroup && slot->cgroup.oom_event >= 0 && slot->oom.fd < 0)
        watch_open(&slot->oom, slot->cgroup.oom_event, EPOLLIN, oom_event);
}

/* The program is to be the first that the kernel kills when the host's memory is out. It may not make itself less likely than
 * who had the right to set it said last: of us three only the launcher has, for init is root in its namespace alone. */
static void pin_oom_score(pid_t init, int pidfd) {
    char path[32];
    snprintf(path, sizeof path, "/proc/%d", (int)init);
    cleanup_fd int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* Alive now, so it was alive when the directory was opened, and that is its own. */
    if (directory >= 0 && sys_pidfd_kill(pidfd, 0) == 0)
        (void)write_text(directory, "oom_score_adj", "1000"); /* without the right it is as init has set it */
}

static void keeper_packet(struct slot *slot, const struct packet *packet, int fd) {
    struct failure f;
    switch (packet->kind) {
    case PACKET_UP:
    case PACKET_RESET_DONE:
        watch_oom(slot);
        slot->state = SLOT_FREE;
        break;
    case PACKET_SPAWNED:
        slot->spawning = false;
        if (fd < 0 || watch_open(&slot->init, fd, EPOLLIN, init_event) < 0) {
            fail(&f, STEP_KEEPER, fd < 0 ? EMFILE : errno, "watch init");
            close_fd(&fd);
            slot_broken(slot, &f); /* an init that we cannot kill dies with its keeper */
            break;
        }
        watch_oom(slot);
        if (slot->run && slot->run->plan.spaces & SPACE_DROP_PRIVILEGES)
            pin_oom_score((pid_t)packet->value, fd);
        if (slot->run)
            run_spawned(slot->run);
        else
            sys_pidfd_kill(slot->init.fd, SIGKILL);
        break;
    default:
        slot_broken(slot, &packet->failure);
        break;
    }
}

void slot_keeper_event(struct watch *watch, uint32_t events) {
    struct slot *slot = owner_of(watch, struct slot, keeper);
    struct packet packet;
    struct failure f;
    int fd;
    size_t count;
    (void)events;
    int got = packet_receive(watch->fd, &packet, &fd, 1, &count, false);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got > 0) {
        keeper_packet(slot, &packet, fd);
        return;
    }
    fail(&f, STEP_KEEPER, got < 0 ? errno : 0, "the keeper of slot %u died", slot->number);
    slot_keeper_died(slot, &f);
}

static int take_number(void) {
    for (unsigned i = 0; i < SLOTS_MAX; i++)
        if (!numbers[i]) {
            numbers[i] = true;
            return (int)i;
        }
    return -1;
}

static uint32_t first_id(unsigned number, uint32_t spaces) {
    if (ordinary_identities() == IDENTITIES_HOST)
        return settings.id_base + number * IDS_PER_SLOT;
    return ordinary_id_base(number, spaces);
}

/* The run waits for a slot of its kind that is already there. Where there is none it would wait for ever. */
static void slot_without_memory(uint32_t spaces) {
    struct failure f;
    struct run *run = run_next_waiting(spaces);
    for (const struct slot *slot = slots; slot; slot = slot->next)
        if (slot->spaces == spaces)
            return;
    fail(&f, STEP_SLOT, ENOMEM, "slot");
    if (run)
        run_failed(run, &f);
}

static void slot_create(uint32_t spaces) {
    struct failure f;
    struct slot *slot = calloc(1, sizeof *slot);
    if (!slot) {
        slot_without_memory(spaces);
        return;
    }
    int number = take_number();
    if (number < 0) {
        free(slot);
        return; /* one of those that are there comes free */
    }
    *slot = (struct slot){.next = slots, .keeper = {.fd = -1}, .init = {.fd = -1}, .oom = {.fd = -1}, .spaces = spaces,
                          .number = (unsigned)number, .keeper_outside = -1, .id_base = first_id((unsigned)number, spaces),
                          .user_namespace = -1, .hold = -1};
    slots = slot;
    if (slot_start(slot, &f) < 0)
        slot_broken(slot, &f);
}

static bool runs_wait_for(uint32_t spaces) {
    return run_count_waiting(spaces) > 0;
}

/* Whether a free slot is to make room for one of another kind. All places are taken and the oldest run waits for that kind,
 * which has not had its share: were the slot given to a younger run of its own kind each time, the oldest would never run. */
static bool gives_way(const struct slot *slot) {
    struct run *oldest = run_oldest_waiting();
    unsigned total = 0, have = 0, wanted = 0;
    uint32_t spaces = oldest ? run_slot_spaces(oldest) : slot->spaces;
    if (spaces == slot->spaces)
        return false;
    for (const struct slot *other = slots; other; other = other->next) {
        total++;
        have += other->spaces == spaces;
        if (other->spaces == spaces && other->state == SLOT_STARTING)
            return false; /* one is on its way */
    }
    for (size_t i = 0; i < KINDS; i++)
        wanted += runs_wait_for(kinds[i]);
    return total >= SLOTS_MAX && have < SLOTS_MAX / wanted;
}

/* Makes slots until as many of this kind are on their way as runs wait for one. */
static void make_slots(uint32_t spaces) {
    unsigned total = 0, coming = 0;
    struct slot *spare = NULL;
    for (struct slot *slot = slots; slot; slot = slot->next) {
        total++;
        coming += slot->spaces == spaces && slot->state == SLOT_STARTING;
        if (slot->spaces != spaces && slot->state == SLOT_FREE)
            spare = slot;
    }
    unsigned waiting = run_count_waiting(spaces);
    if (waiting > coming && total >= SLOTS_MAX && spare) {
        slot_close(spare);
        total--;
    }
    for (; waiting > coming && total < SLOTS_MAX; total++, coming++)
        slot_create(spaces);
}

void slots_assign(void) {
    struct slot *next;
    struct run *run;
    for (struct slot *slot = slots; slot && !closing; slot = next) {
        next = slot->next;
        if (slot->state != SLOT_FREE || !(run = run_next_waiting(slot->spaces)))
            continue;
        if (gives_way(slot)) {
            uint32_t spaces = run_slot_spaces(run_oldest_waiting());
            slot_close(slot);
            slot_create(spaces);
            continue;
        }
        slot->state = SLOT_BUSY;
        slot->run = run;
        run_launch(run, slot);
    }
    for (size_t i = 0; i < KINDS && !closing; i++)
        make_slots(kinds[i]);
}

void slot_close_all(void) {
    closing = true;
    while (slots) {
        struct failure f;
        fail(&f, STEP_SLOT, ESHUTDOWN, "the launcher is shutting down");
        slot_broken(slots, &f);
    }
}
