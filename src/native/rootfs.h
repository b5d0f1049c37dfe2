/* Builds the root file system of one sandbox out of the plan's operations, and enters it. */
#pragma once
#include "plan.h"

/* Makes the place in which roots are built: a small tmpfs at `path`, entered as the current directory, holding
 *   s  the scratch tmpfs of a run (everything writable)     r  the root being built
 *   l  the lower layers                                     proc  the host's, so that a fresh one may be mounted
 *   empty, blank  what masked paths show
 * With `pivot` it becomes the root of this mount namespace, and nothing of the host's files can be reached any more. */
int stage_prepare(const char *path, bool pivot, struct failure *f);

/* Runs every operation in order. `sources` are the descriptors that the launcher opened for the plan's sources. */
int rootfs_build(const struct plan *p, const int *sources, struct failure *f);
