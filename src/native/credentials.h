/* Who the program is and what it may not do: ids, capabilities, no_new_privs, seccomp. */
#pragma once
#include "plan.h"

/* Becomes root of the user namespace with no supplementary groups. */
int become_mapped_root(void);

/* Empties the bounding and ambient sets, locks the securebits, takes the ids, then empties the other three sets; but for the
 * plan's capabilities, which root of an image keeps.
 * Order: securebits and bounding set need CAP_SETPCAP, the ids need CAP_SETUID, so the sets themselves go last. */
int drop_privileges(const struct plan *p, struct failure *f);

/* Only the ids, for a run that is not isolated. */
int take_identity(const struct plan *p, struct failure *f);

/* Takes the id and keeps nothing but the right to signal the processes of the sandbox, and to see what memory they use. */
int keep_few_rights(uid_t uid, bool see_memory);

int load_seccomp(struct bytes program);
