/* The control groups of a slot: one small interface over cgroup v1, v2 and both at once (hybrid hosts).
 * Which controllers there are and where is decided by TypeScript (src/sandbox/cgroups.ts) from mountinfo. */
#pragma once
#include "plan.h"

enum { CONTROLLER_COUNT = 6, METRIC_COUNT = 25, FIGURE_COUNT = 4 };

/* Named numbers for the outcome; what is not known stays unknown, never 0. */
struct usage {
    uint64_t value[METRIC_COUNT];
    bool known[METRIC_COUNT];
};
void usage_set(struct usage *u, uint32_t metric, uint64_t value);

/* What a run uses at one moment. */
struct sample {
    uint64_t value[FIGURE_COUNT];
    bool known[FIGURE_COUNT];
};
void sample_set(struct sample *s, uint32_t figure, uint64_t value);

struct cgroup_config {
    char instance[64];                              /* the name of our directory under each parent: hotcell-… */
    char v1_parent[CONTROLLER_COUNT][PATH_MAX_BYTES]; /* by controller; "" = not on v1 */
    char v2_parent[PATH_MAX_BYTES];
    uint32_t v1_controllers, v2_controllers;
};

/* What was counted when a run began, so that only the run's own share is reported. */
struct cgroup_baseline {
    uint64_t cpu_ns, memory, pids, oom_kills, pids_hits, throttled_ns, io_read, io_write;
};

struct cgroup_slot {
    unsigned number;
    int v1[CONTROLLER_COUNT];      /* directories of this slot, memory first; -1 = none */
    unsigned pids_generation;      /* v1: pids.peak cannot be reset, so the directory is replaced */
    int v2, v2_run;                /* the slot's directory; the leaf of the current run */
    int oom_event;                 /* readable after an out-of-memory kill; -1 = none */
    int cpu_usage;                 /* kept open: it is read at each CPU deadline */
    pid_t keeper;
    bool changed;                  /* limits of a run are in force */
    uint64_t idle_memory;          /* what the slot holds with no run in it */
    struct cgroup_baseline base;
};

/* Makes our directory under each parent, locked while we live, and removes those whose owner is dead. */
int cgroup_start(const struct cgroup_config *config, struct failure *f);
void cgroup_stop(const struct cgroup_config *config);

int cgroup_slot_open(const struct cgroup_config *config, struct cgroup_slot *slot, unsigned number, uint32_t owner,
                     struct failure *f);
int cgroup_slot_adopt(const struct cgroup_config *config, struct cgroup_slot *slot, pid_t keeper, struct failure *f);
void cgroup_slot_close(const struct cgroup_config *config, struct cgroup_slot *slot);

/* v2 only: the fresh leaf in which the next init is born; -1 on v1, where the keeper's own groups serve. */
int cgroup_slot_leaf(const struct cgroup_config *config, struct cgroup_slot *slot, uint32_t owner, struct failure *f);
/* Everything is set up and nothing of the program ran yet: takes the baseline and puts the limits in force. */
int cgroup_slot_begin(const struct cgroup_config *config, struct cgroup_slot *slot, const struct plan *plan,
                      struct failure *f);
/* CPU time since begin. */
uint64_t cgroup_slot_cpu_ns(const struct cgroup_slot *slot);
/* `oom_event` became readable: takes the event off it; true if a process of the run was or is being killed for memory. */
bool cgroup_slot_oom_event(const struct cgroup_slot *slot);
void cgroup_slot_usage(const struct cgroup_slot *slot, struct usage *usage);
void cgroup_slot_sample(const struct cgroup_slot *slot, struct sample *sample);
/* The run is to be killed: who has no CPU time left cannot even die. */
void cgroup_slot_unthrottle(const struct cgroup_slot *slot);
/* The run's processes are gone: back to no limits. -1 = this slot cannot be proven clean and must not be used again. */
int cgroup_slot_reset(const struct cgroup_config *config, struct cgroup_slot *slot);

/* shared by the two versions */
bool cgroup_read_number(int dir, const char *file, uint64_t *value);
bool cgroup_read_key(int dir, const char *file, const char *key, uint64_t *value);
uint64_t cgroup_since(uint64_t now, uint64_t before);
struct memory_files {
    const char *usage, *kernel;   /* kernel: NULL = in memory.stat with the rest */
    const char *keys[5];          /* of memory.stat; the last one is NULL */
};
/* What is really used: the counters also hold what each CPU has charged ahead, up to 256 KiB, which a program could
 * use up unseen and would then seem to need no memory at all. False = not counted here. */
bool cgroup_memory_in_use(int dir, const struct memory_files *files, uint64_t *bytes);
int cgroup_kill_and_remove(int parent, const char *name);

/* cgroup_v1.c and cgroup_v2.c; each looks only after its own controllers */
int v1_slot_open(const struct cgroup_config *, struct cgroup_slot *, struct failure *);
int v1_slot_adopt(const struct cgroup_config *, struct cgroup_slot *, pid_t keeper, struct failure *);
void v1_slot_close(const struct cgroup_config *, struct cgroup_slot *);
int v1_slot_begin(struct cgroup_slot *, const struct plan *, struct failure *);
void v1_unthrottle(const struct cgroup_slot *);
bool v1_oom_kills(const struct cgroup_slot *, uint64_t *);
void v1_usage(const struct cgroup_slot *, struct usage *);
void v1_sample(const struct cgroup_slot *, struct sample *);
int v1_slot_reset(const struct cgroup_config *, struct cgroup_slot *);
int v1_prepare_directory(int directory, int parent, unsigned controller);

int v2_slot_open(const struct cgroup_config *, struct cgroup_slot *, uint32_t owner, struct failure *);
int v2_slot_adopt(struct cgroup_slot *, pid_t keeper, struct failure *);
void v2_slot_close(const struct cgroup_config *, struct cgroup_slot *);
int v2_slot_leaf(struct cgroup_slot *, uint32_t owner, struct failure *);
int v2_slot_begin(const struct cgroup_config *, struct cgroup_slot *, const struct plan *, struct failure *);
void v2_unthrottle(const struct cgroup_slot *);
bool v2_oom_kills(const struct cgroup_slot *, uint64_t *);
void v2_usage(const struct cgroup_slot *, struct usage *);
void v2_sample(const struct cgroup_slot *, struct sample *);
int v2_slot_reset(struct cgroup_slot *);
