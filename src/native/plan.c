/* Decoding is strict: an unknown operation, a short or long payload, or a count over its bound refuses the plan. */
#include "plan.h"

enum {
    SPACES_KNOWN = SPACE_USER | SPACE_MOUNT | SPACE_PID | SPACE_IPC | SPACE_UTS | SPACE_CGROUP_NAMESPACE | SPACE_NETWORK |
                   SPACE_CGROUP | SPACE_LOOPBACK | SPACE_DROP_PRIVILEGES | SPACE_STDIN_PIPE | SPACE_CALLER_ROOT | SPACE_CALLER_USER
};

struct counts {
    uint32_t sources, outputs, operations, args, envs;
};

static struct reader next_op(struct reader *r, uint32_t *code) {
    *code = read_u32(r);
    struct bytes b = read_bytes(r);
    return (struct reader){.at = b.data, .end = b.data ? b.data + b.size : NULL, .bad = r->bad};
}

/* First pass: how many of each, so that the second can fill arrays of the right size. */
static bool count_ops(const struct plan *p, struct counts *n) {
    struct reader r = {.at = p->memory, .end = p->memory + p->size};
    uint32_t total = 0;
    while (!r.bad && r.at < r.end) {
        uint32_t code;
        next_op(&r, &code);
        if (++total > OPS_MAX)
            return false;
        if (code == OP_SOURCE)
            n->sources++;
        else if (code == OP_OUTPUT)
            n->outputs++;
        else if (code == OP_ARG)
            n->args++;
        else if (code == OP_ENV)
            n->envs++;
        else
            n->operations++;
    }
    return !r.bad && n->sources <= SOURCES_MAX && n->args <= ARGS_MAX && n->args > 0 && n->envs <= ARGS_MAX;
}

static bool allocate(struct plan *p, const struct counts *n) {
    p->sources = calloc(n->sources + 1u, sizeof *p->sources);
    p->outputs = calloc(n->outputs + 1u, sizeof *p->outputs);
    p->operations = calloc(n->operations + 1u, sizeof *p->operations);
    p->argv = calloc(n->args + 1u, sizeof *p->argv);
    p->envp = calloc(n->envs + 1u, sizeof *p->envp);
    return p->sources && p->outputs && p->operations && p->argv && p->envp;
}

static void read_owner(struct reader *r, struct operation *o) {
    o->mode = read_u32(r);
    o->uid = read_u32(r);
    o->gid = read_u32(r);
}

/* One operation on the file system of the sandbox. False = not one. */
static bool decode_operation(struct operation *o, struct reader *r) {
    switch (o->code) {
    case OP_ROOT:
        o->size = read_u64(r);
        o->inodes = read_u64(r);
        return true;
    case OP_OVERLAY_ROOT:
        o->content = read_bytes(r);
        return o->content.size > 0 && o->content.size % 4 == 0 && o->content.size / 4 <= LAYERS_MAX;
    case OP_DIRECTORY:
    case OP_ENSURE:
    case OP_SCRATCH:
        read_owner(r, o);
        o->path = read_string(r);
        return true;
    case OP_FILE:
    case OP_OFFER:
        read_owner(r, o);
        o->path = read_string(r);
        o->content = read_bytes(r);
        return true;
    case OP_COPY:
        o->source = read_u32(r);
        read_owner(r, o);
        o->path = read_string(r);
        return true;
    case OP_SYMLINK:
        o->target = read_string(r);
        o->path = read_string(r);
        return true;
    case OP_BIND:
    case OP_OVERLAY:
        o->source = read_u32(r);
        o->path = read_string(r);
        return true;
    case OP_TMPFS:
        o->size = read_u64(r);
        o->inodes = read_u64(r);
        read_owner(r, o);
        o->path = read_string(r);
        return true;
    case OP_DEVICE:
        o->source = read_u32(r);
        o->major = read_u32(r);
        o->minor = read_u32(r);
        o->path = read_string(r);
        return true;
    case OP_DEVPTS:
        o->gid = read_u32(r);
        o->path = read_string(r);
        return true;
    case OP_PROC:
    case OP_MASK:
    case OP_READONLY:
        o->path = read_string(r);
        return true;
    case OP_ENTER:
        return true;
    default:
        return false;
    }
}

static bool read_groups(struct plan *p, struct bytes groups) {
    if (groups.size % 4 != 0 || groups.size / 4 > GROUPS_MAX)
        return false;
    struct reader r = {.at = groups.data, .end = groups.data + groups.size};
    for (p->group_count = 0; p->group_count < groups.size / 4; p->group_count++)
        p->groups[p->group_count] = read_u32(&r);
    return true;
}

/* What is about the run as a whole or about its program. False = unknown or over a bound. */
static bool decode_setting(struct plan *p, uint32_t code, struct reader *r) {
    uint32_t which;
    switch (code) {
    case OP_SANDBOX:
        p->spaces = read_u32(r);
        return true;
    case OP_LIMIT:
        which = read_u32(r);
        if (which == 0 || which >= LIMIT_COUNT)
            return false;
        p->limits[which] = read_u64(r);
        return true;
    case OP_CPUSET:
        p->cpuset = read_string(r);
        return true;
    case OP_TTY:
        p->terminal = true;
        p->rows = (uint16_t)read_u32(r);
        p->columns = (uint16_t)read_u32(r);
        return true;
    case OP_IDENTITY:
        p->has_identity = true;
        p->uid = read_u32(r);
        p->gid = read_u32(r);
        return true;
    case OP_GROUPS:
        return read_groups(p, read_bytes(r));
    case OP_CAPABILITIES:
        p->capabilities = read_u64(r);
        return true;
    case OP_HOLD:
        p->hold = read_string(r);
        return true;
    case OP_HOSTNAME:
        p->hostname = read_string(r);
        return true;
    case OP_RLIMIT:
        if (p->rlimit_count == sizeof p->rlimits / sizeof *p->rlimits)
            return false;
        p->rlimits[p->rlimit_count].resource = read_u32(r);
        p->rlimits[p->rlimit_count].soft = read_u64(r);
        p->rlimits[p->rlimit_count++].hard = read_u64(r);
        return true;
    case OP_SECCOMP:
        p->seccomp = read_bytes(r);
        return p->seccomp.size > 0 && p->seccomp.size % 8 == 0 && p->seccomp.size <= 8 * 4096;
    case OP_TRACE:
        p->trace = read_bytes(r);
        return p->trace.size > 0 && p->trace.size <= 1024;
    case OP_WORKDIR:
        p->workdir = read_string(r);
        return true;
    default:
        return false;
    }
}

static bool decode_one(struct plan *p, uint32_t code, struct reader *r) {
    if (code == OP_SOURCE) {
        struct source *s = &p->sources[p->source_count++];
        s->flags = read_u32(r);
        s->uid = read_u32(r);
        s->gid = read_u32(r);
        s->path = read_string(r);
        return true;
    }
    if (code == OP_OUTPUT) {
        p->outputs[p->output_count++] = read_string(r);
        return true;
    }
    if (code == OP_ARG) {
        p->argv[p->arg_count++] = (char *)(uintptr_t)read_string(r);
        return true;
    }
    if (code == OP_ENV) {
        p->envp[p->env_count++] = (char *)(uintptr_t)read_string(r);
        return true;
    }
    struct operation o = {.code = code};
    if (decode_operation(&o, r)) {
        p->operations[p->operation_count++] = o;
        return true;
    }
    return decode_setting(p, code, r);
}

uint32_t plan_layer(const struct operation *o, uint32_t index) {
    struct reader r = {.at = o->content.data + 4u * index, .end = o->content.data + o->content.size};
    return read_u32(&r);
}

static bool sources_known(const struct operation *o, uint32_t count) {
    if (o->code == OP_OVERLAY_ROOT) {
        for (uint32_t i = 0; i < o->content.size / 4; i++)
            if (plan_layer(o, i) >= count)
                return false;
        return true;
    }
    bool uses = o->code == OP_BIND || o->code == OP_OVERLAY || o->code == OP_COPY || o->code == OP_DEVICE;
    return !uses || o->source < count;
}

/* Capabilities are for a user namespace's own root; in the host's they would be the host's. */
static bool identity_fits(const struct plan *p) {
    if (p->capabilities && !(p->spaces & SPACE_USER && p->has_identity && p->uid == 0))
        return false;
    for (uint32_t i = 0; i < p->group_count; i++)
        if (p->groups[i] >= IDS_PER_SLOT - 1)
            return false;
    if (p->has_identity && (p->uid >= IDS_PER_SLOT - 1 || p->gid >= IDS_PER_SLOT - 1))
        return (p->spaces & SPACE_USER) == 0;
    return true;
}

/* No slot is kept for other combinations, so such a run would wait for ever; and file system operations without a mount
 * namespace would be done to the host's own root. */
static bool spaces_fit(const struct plan *p) {
    const uint32_t caller = SPACE_CALLER_ROOT | SPACE_CALLER_USER;
    const uint32_t need_user = SPACE_NETWORK | SPACE_CGROUP | SPACE_LOOPBACK | caller;
    if (p->spaces & need_user && !(p->spaces & SPACE_USER))
        return false;
    if ((p->spaces & caller) == caller)
        return false;
    if (p->spaces & SPACE_LOOPBACK && !(p->spaces & SPACE_NETWORK))
        return false;
    return p->operation_count == 0 || p->spaces & SPACE_MOUNT;
}

static bool consistent(const struct plan *p) {
    if (p->spaces & ~SPACES_KNOWN || !spaces_fit(p))
        return false;
    for (uint32_t i = 0; i < p->operation_count; i++)
        if (!sources_known(&p->operations[i], p->source_count))
            return false;
    uint64_t interval = p->limits[LIMIT_SAMPLE_INTERVAL_NS];
    uint64_t watch = p->limits[LIMIT_WATCH_INTERVAL_NS];
    if ((interval != 0 && interval < SAMPLE_INTERVAL_MIN_NS) || (watch != 0 && watch < SAMPLE_INTERVAL_MIN_NS))
        return false; /* the launcher would do nothing else */
    if (watch != 0 && !(p->spaces & SPACE_PID))
        return false; /* who belongs to the run is then not to be seen */
    if (p->trace.size && !(p->seccomp.size && p->spaces & SPACE_PID))
        return false;
    return identity_fits(p) && p->workdir != NULL;
}

int plan_decode(struct plan *p, uint8_t *memory, size_t size, struct failure *f) {
    struct counts n = {0};
    *p = (struct plan){.memory = memory, .size = size};
    if (!count_ops(p, &n)) {
        plan_free(p);
        return fail(f, STEP_PROTOCOL, EBADMSG, "plan: truncated, empty, or too many operations");
    }
    if (!allocate(p, &n)) {
        plan_free(p);
        return fail(f, STEP_PROTOCOL, ENOMEM, "plan");
    }
    struct reader r = {.at = memory, .end = memory + size};
    while (!r.bad && r.at < r.end) {
        uint32_t code;
        struct reader op = next_op(&r, &code);
        if (!decode_one(p, code, &op) || !read_done(&op)) {
            plan_free(p);
            return fail(f, STEP_PROTOCOL, EBADMSG, "plan: bad operation %u", code);
        }
    }
    if (r.bad || !consistent(p)) {
        plan_free(p);
        return fail(f, STEP_PROTOCOL, EBADMSG, "plan: inconsistent");
    }
    return 0;
}

void plan_shift_ids(struct plan *p, uint32_t base) {
    p->uid += base;
    p->gid += base;
    for (uint32_t i = 0; i < p->group_count; i++)
        p->groups[i] += base;
    for (uint32_t i = 0; i < p->operation_count; i++) {
        p->operations[i].uid += base;
        p->operations[i].gid += base;
    }
}

void plan_free(struct plan *p) {
    free(p->sources);
    free(p->outputs);
    free(p->operations);
    free(p->argv);
    free(p->envp);
    free(p->memory);
    *p = (struct plan){0};
}
