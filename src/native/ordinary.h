/* A launcher that an ordinary user started: it is root in a user namespace, as far as that goes. */
#pragma once
#include "common.h"

/* IDENTITIES_*: which ids the launcher can give to sandboxes. */
uint32_t ordinary_identities(void);

/* Enters a user namespace, whose ids whoever asked for it maps from outside, and a mount namespace. After a failure the
 * launcher is of no use any more. */
int ordinary_enter(struct failure *f);

/* Waits until the process outside is gone. */
void ordinary_stop(void);

/* The ids are mapped: 0 is the caller, 1 and up so many whole ranges of a slot's, or nothing when it is 0. */
int ordinary_identify(uint32_t ranges, struct failure *f);

/* Who a slot's first id is, as the launcher sees it; with a single id the caller, whatever it is inside. */
uint32_t ordinary_id_base(unsigned slot, uint32_t spaces);
int ordinary_map(pid_t keeper, uint32_t id_base, uint32_t spaces);

/* A keeper with the caller's own rights, for runs without namespaces. */
pid_t ordinary_keeper_outside(int socket, int *pidfd, struct failure *f);
