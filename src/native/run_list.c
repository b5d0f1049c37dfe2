/* Every run that is not over, newest first. */
#include "launcher.h"

enum { SLOT_SPACES = SPACE_USER | SPACE_NETWORK | SPACE_CGROUP | SPACE_CALLER_ROOT | SPACE_CALLER_USER };

static struct run *runs;

struct run *run_list_first(void) {
    return runs;
}

void run_list_add(struct run *run) {
    run->next = runs;
    runs = run;
}

void run_list_remove(struct run *run) {
    for (struct run **at = &runs; *at; at = &(*at)->next)
        if (*at == run) {
            *at = run->next;
            break;
        }
}

struct run *run_find(const struct connection *c, uint32_t id) {
    struct run *run = runs;
    while (run && (run->connection != c || run->id != id))
        run = run->next;
    return run;
}

uint32_t run_slot_spaces(const struct run *run) {
    return run->plan.spaces & SLOT_SPACES;
}

struct run *run_oldest_waiting(void) {
    struct run *oldest = NULL;
    for (struct run *run = runs; run; run = run->next)
        if (run->state == RUN_WAITING)
            oldest = run;
    return oldest;
}

/* The oldest of its kind. */
struct run *run_next_waiting(uint32_t spaces) {
    struct run *oldest = NULL;
    for (struct run *run = runs; run; run = run->next)
        if (run->state == RUN_WAITING && run_slot_spaces(run) == spaces)
            oldest = run;
    return oldest;
}

unsigned run_count_waiting(uint32_t spaces) {
    unsigned count = 0;
    for (struct run *run = runs; run; run = run->next)
        count += run->state == RUN_WAITING && run_slot_spaces(run) == spaces;
    return count;
}
