/* Pid 1 of a sandbox: builds its root, starts the program, reaps, reports. */
#pragma once
#include "plan.h"

struct init_args {
    const struct plan *plan;
    const int *sources;
    int channel;
    int stdio[3];
    int plan_file;      /* where a traced program's calls are counted */
    const char *stage;  /* where to stage when the keeper has not (chroot level); NULL = the current directory is one */
};

_Noreturn void init_main(struct init_args *args);
