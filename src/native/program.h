/* From a fork of init to the user's program: the last steps before exec, in their order. */
#pragma once
#include "plan.h"

/* What the close-on-exec pipe says before it closes: first the time, and then only if something failed, what. */
struct program_status {
    uint64_t start_ns;
    struct failure failure;
};

/* Never returns. `stdio` are the program's three descriptors; `status` is the write end of the pipe. */
_Noreturn void program_start(const struct plan *p, const int stdio[3], int status);
