/* The process that lives in a slot and forks the inits of its runs. */
#pragma once
#include "common.h"

struct keeper_args {
    int socket;
    uint32_t spaces;       /* SPACE_USER, SPACE_NETWORK, SPACE_CGROUP: what the slot keeps between runs */
    const char *stage;
    uint32_t id_base;      /* the first host id of the slot */
};

_Noreturn void keeper_main(const struct keeper_args *args);
