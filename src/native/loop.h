/* The launcher's one thread: an epoll loop over watches, and one timer for the earliest deadline. */
#pragma once
#include "common.h"

/* Embedded in whoever waits for a descriptor. */
struct watch {
    int fd;                                              /* -1 = not watched */
    uint32_t events;
    void (*handle)(struct watch *watch, uint32_t events);
};

#define owner_of(pointer, type, member) ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

int loop_start(void);
/* Takes over `fd`. 0, or -1 with errno and the descriptor still the caller's. */
int watch_open(struct watch *watch, int fd, uint32_t events, void (*handle)(struct watch *, uint32_t));
/* No event for a while: epoll reports EPOLLHUP even with no events asked for, so it leaves the set altogether. */
void watch_change(struct watch *watch, uint32_t events);
void watch_close(struct watch *watch);

/* Frees memory that holds watches only after the events at hand have been handled: one of them may still point into it. */
void loop_free_later(void *memory);

/* The earlier of two deadlines, of which 0 is none. */
static inline uint64_t earlier(uint64_t a, uint64_t b) {
    return a == 0 || (b != 0 && b < a) ? b : a;
}

/* Runs until loop_quit. `tick` is called after each batch and returns the next deadline (CLOCK_MONOTONIC ns, 0 = none). */
void loop_run(uint64_t (*tick)(void));
void loop_quit(void);
