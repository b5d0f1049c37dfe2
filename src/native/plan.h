/* The flat plan of one run, decoded and checked. TypeScript decides what is in it (src/sandbox/plan.ts). */
#pragma once
#include "wire.h"

enum { LIMIT_COUNT = 11 };

struct source {
    uint32_t flags;      /* SOURCE_FLAG_* */
    uint32_t uid, gid;   /* mapOwner: who the owner of the path is inside */
    const char *path;
};

struct operation {
    uint32_t code;       /* OP_*, the file system ones only, in the order of the plan */
    uint32_t source;
    uint32_t mode, uid, gid;
    uint64_t size, inodes;
    uint32_t major, minor;
    const char *path;
    const char *target;
    struct bytes content; /* overlayRoot: the sources as little-endian u32, lowest first */
};

struct resource_limit {
    uint32_t resource;
    uint64_t soft, hard;
};

struct plan {
    uint8_t *memory;                  /* owns everything that the pointers below point into */
    size_t size;
    uint32_t spaces;                  /* SPACE_* */
    uint64_t limits[LIMIT_COUNT];     /* 0 = none */
    const char *cpuset;               /* NULL = none */
    bool terminal;
    uint16_t rows, columns;
    bool has_identity;
    uint32_t uid, gid;
    gid_t groups[GROUPS_MAX];         /* besides gid */
    uint32_t group_count;
    uint64_t capabilities;            /* what a program with uid 0 keeps in its user namespace; 0 = nothing */
    const char *hold;                 /* locked shared as long as the run is there; NULL = nothing */
    struct source *sources;
    uint32_t source_count;
    const char **outputs;
    uint32_t output_count;
    struct operation *operations;
    uint32_t operation_count;
    struct resource_limit rlimits[16];
    uint32_t rlimit_count;
    struct bytes seccomp;
    struct bytes trace;               /* by number of the call which of its arguments are kept; empty = no tracing */
    const char *workdir;
    const char *hostname;
    char **argv;
    char **envp;
    uint32_t arg_count, env_count;
};

/* Takes ownership of `memory` (malloc). 0, or -1 with a failure of step `protocol` and everything freed. */
int plan_decode(struct plan *p, uint8_t *memory, size_t size, struct failure *f);
/* Without a user namespace the ids of the plan must still not be those of the host's own users. */
void plan_shift_ids(struct plan *p, uint32_t base);
void plan_free(struct plan *p);
/* The index-th source of an overlayRoot. */
uint32_t plan_layer(const struct operation *o, uint32_t index);
