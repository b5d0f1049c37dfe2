/* What the processes of a sandbox use, where no cgroup counts it. */
#pragma once
#include "channel.h"

/* Before the program begins: the /proc of our own pid namespace; -1 = there is none. */
int look_open_proc(void);

/* All processes but us. `limit` (0 = none): memory is looked at more closely when it could be above. */
struct look look_at_all(int proc, uint64_t limit);
