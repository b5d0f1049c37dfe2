/* The processes below us: killing all of them, and what CPU they have used where no cgroup counts it. */
#pragma once
#include "common.h"

/* Our list of children in /proc, opened while /proc is the host's; needs CONFIG_PROC_CHILDREN. */
int tree_open_children(void);

/* Kills every process below us once; for those without a pid namespace, our own children. */
void tree_kill(bool own_pids, int children);

/* Kills and reaps every process below us. With a pid namespace of our own that is everybody else in it;
 * otherwise we are the subreaper, so children whose parents we kill become ours, until none is left. */
void tree_kill_all(bool own_pids, int children);

/* CPU time of `pid` and of all that was already reaped. */
uint64_t tree_cpu_ns(pid_t pid);
