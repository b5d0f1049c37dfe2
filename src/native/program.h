/* From a fork of init to the user's program: the last steps before exec, in their order. */
#pragma once
#include "plan.h"

/* What the close-on-exec socket says before it closes: first the time, and then only if something failed, what. */
struct program_status {
    uint64_t start_ns;
    struct failure failure;
};

/* Never returns. `stdio` are the program's three descriptors; `status` is its end of the socket; the first byte from
 * init, that it is hardened, is awaited before exec. */
_Noreturn void program_start(const struct plan *p, const int stdio[3], int status);
