#include "loop.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>

enum { BATCH = 64, UNSET_PATIENCE_MS = 1 };

static int epoll = -1;
static struct watch timer = {.fd = -1};
static bool quitting;
static void **graveyard;
static size_t graves, grave_capacity;

static void timer_expired(struct watch *watch, uint32_t events) {
    uint64_t count;
    (void)events;
    (void)!read(watch->fd, &count, sizeof count); /* only a wake-up: the deadlines are compared with the clock */
}

int loop_start(void) {
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0)
        return -1;
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    return fd < 0 ? -1 : watch_open(&timer, fd, EPOLLIN, timer_expired);
}

int watch_open(struct watch *watch, int fd, uint32_t events, void (*handle)(struct watch *, uint32_t)) {
    *watch = (struct watch){.fd = fd, .events = events, .handle = handle};
    struct epoll_event e = {.events = events, .data.ptr = watch};
    if (events == 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) == 0)
        return 0;
    watch->fd = -1;
    return -1;
}

void watch_change(struct watch *watch, uint32_t events) {
    if (watch->fd < 0 || watch->events == events)
        return;
    struct epoll_event e = {.events = events, .data.ptr = watch};
    int operation = events == 0 ? EPOLL_CTL_DEL : watch->events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    epoll_ctl(epoll, operation, watch->fd, &e);
    watch->events = events;
}

void watch_close(struct watch *watch) {
    if (watch->fd < 0)
        return;
    watch_change(watch, 0); /* a copy of the descriptor may live on elsewhere, and would keep reporting */
    close_fd(&watch->fd);
}

void loop_free_later(void *memory) {
    if (graves == grave_capacity) {
        size_t capacity = grave_capacity ? grave_capacity * 2 : 64;
        void **grown = realloc(graveyard, capacity * sizeof *grown);
        if (!grown)
            return; /* out of memory: leaking it is the one thing that is still safe */
        graveyard = grown;
        grave_capacity = capacity;
    }
    graveyard[graves++] = memory;
}

/* How long to wait at most, in ms: a deadline that cannot be set is looked for. */
static int arm(uint64_t deadline) {
    static uint64_t armed;
    if (deadline == armed && deadline > now_ns())
        return -1;
    armed = deadline;
    const struct itimerspec at = {.it_value = {.tv_sec = (time_t)(deadline / 1000000000u),
                                               .tv_nsec = (long)(deadline % 1000000000u)}};
    if (timerfd_settime(timer.fd, TFD_TIMER_ABSTIME, &at, NULL) == 0)
        return -1;
    armed = 0;
    return UNSET_PATIENCE_MS;
}

void loop_run(uint64_t (*tick)(void)) {
    struct epoll_event events[BATCH];
    while (!quitting) {
        int count = epoll_wait(epoll, events, BATCH, arm(tick()));
        for (int i = 0; i < count && !quitting; i++) {
            struct watch *watch = events[i].data.ptr;
            /* Nothing asked for any more: the event is from before that, and its reader may not be ready for it. */
            if (watch->fd >= 0 && watch->events != 0)
                watch->handle(watch, events[i].events);
        }
        while (graves > 0)
            free(graveyard[--graves]);
    }
}

void loop_quit(void) {
    quitting = true;
}
