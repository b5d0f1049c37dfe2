/* cgroup v2: slot-N/keeper holds the keeper, each run is born in a fresh slot-N/run by CLONE_INTO_CGROUP, which needs
 * cgroup.procs of the leaf and of slot-N to be writable by the keeper's id. Fresh leaf, fresh counters: no reset. */
#include "cgroup.h"

#include <sys/inotify.h>
#include <sys/stat.h>

static int instance_directory(const struct cgroup_config *config) {
    char path[PATH_MAX_BYTES + 80];
    snprintf(path, sizeof path, "%s/%s", config->v2_parent, config->instance);
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int make(int parent, const char *name) {
    if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST)
        return -1;
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int copy_controllers(int slot) {
    static const char *const names[] = {"+memory", "+cpu", "+cpuset", "+pids", "+io"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (write_text(slot, "cgroup.subtree_control", names[i]) < 0 && errno != EINVAL && errno != ENOENT)
            return -1; /* EINVAL or ENOENT: a controller that this host does not give us */
    return 0;
}

int v2_slot_open(const struct cgroup_config *config, struct cgroup_slot *slot, uint32_t owner, struct failure *f) {
    char name[32];
    snprintf(name, sizeof name, "slot-%u", slot->number);
    cleanup_fd int instance = instance_directory(config);
    if (instance < 0 || (slot->v2 = make(instance, name)) < 0)
        return fail(f, STEP_CGROUP, errno, "mkdir %s", name);
    cleanup_fd int keeper = make(slot->v2, "keeper");
    if (keeper < 0 || copy_controllers(slot->v2) < 0)
        return fail(f, STEP_CGROUP, errno, "%s/keeper", name);
    if (fchownat(slot->v2, "cgroup.procs", owner, (gid_t)-1, 0) < 0)
        return fail(f, STEP_CGROUP, errno, "chown cgroup.procs");
    return 0;
}

int v2_slot_adopt(struct cgroup_slot *slot, pid_t keeper, struct failure *f) {
    if (write_format(slot->v2, "keeper/cgroup.procs", "%d", (int)keeper) < 0)
        return fail(f, STEP_CGROUP, errno, "keeper/cgroup.procs");
    return 0;
}

static void drop_leaf(struct cgroup_slot *slot) {
    close_fd(&slot->v2_run);
    if (slot->v1[0] < 0)
        close_fd(&slot->oom_event); /* with memory on v1 it is the slot's, not the leaf's */
    cgroup_kill_and_remove(slot->v2, "run"); /* a rest makes the next leaf fail, which retires the slot */
}

void v2_slot_close(const struct cgroup_config *config, struct cgroup_slot *slot) {
    char name[32];
    snprintf(name, sizeof name, "slot-%u", slot->number);
    if (slot->v2 >= 0)
        drop_leaf(slot);
    close_fd(&slot->v2);
    cleanup_fd int instance = instance_directory(config);
    if (instance >= 0)
        cgroup_kill_and_remove(instance, name);
}

/* memory.events announces a change as a modification of the file. */
static int watch_events(struct cgroup_slot *slot) {
    char path[64];
    cleanup_fd int events = openat(slot->v2_run, "memory.events", O_RDONLY | O_CLOEXEC);
    if (events < 0)
        return errno == ENOENT ? 0 : -1; /* no memory controller */
    snprintf(path, sizeof path, "/proc/self/fd/%d", events);
    slot->oom_event = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (slot->oom_event < 0)
        return -1;
    return inotify_add_watch(slot->oom_event, path, IN_MODIFY);
}

int v2_slot_leaf(struct cgroup_slot *slot, uint32_t owner, struct failure *f) {
    if (mkdirat(slot->v2, "run", 0755) < 0)
        return fail(f, STEP_CGROUP, errno, "mkdir run");
    slot->v2_run = openat(slot->v2, "run", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (slot->v2_run < 0 || fchownat(slot->v2_run, "cgroup.procs", owner, (gid_t)-1, 0) < 0)
        return fail(f, STEP_CGROUP, errno, "run/cgroup.procs");
    if (watch_events(slot) < 0)
        return fail(f, STEP_CGROUP, errno, "watch memory.events");
    return 0;
}

static int put(struct cgroup_slot *slot, const char *file, const char *text, struct failure *f) {
    return write_text(slot->v2_run, file, text) < 0 ? fail(f, STEP_CGROUP, errno, "%s %s", file, text) : 0;
}

static int limit_memory(struct cgroup_slot *slot, uint64_t bytes, struct failure *f) {
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)(bytes + slot->base.memory));
    if (put(slot, "memory.max", text, f) < 0 || put(slot, "memory.oom.group", "1", f) < 0)
        return -1;
    if (write_text(slot->v2_run, "memory.swap.max", "0") < 0 && errno != ENOENT) /* ENOENT: a kernel without swap */
        return fail(f, STEP_CGROUP, errno, "memory.swap.max");
    return 0;
}

static const struct memory_files memory_files = {.usage = "memory.current", .keys = {"anon", "file", "kernel", "sock"}};

int v2_slot_begin(const struct cgroup_config *config, struct cgroup_slot *slot, const struct plan *plan,
                  struct failure *f) {
    const uint64_t *l = plan->limits;
    const uint32_t have = config->v2_controllers;
    char text[64];
    struct cgroup_baseline *b = &slot->base;
    if (have & CONTROLLER_MEMORY && !cgroup_memory_in_use(slot->v2_run, &memory_files, &b->memory))
        return fail(f, STEP_CGROUP, errno, "memory.current");
    if (have & CONTROLLER_PIDS && !cgroup_read_number(slot->v2_run, "pids.current", &b->pids))
        return fail(f, STEP_CGROUP, errno, "pids.current");
    if (have & CONTROLLER_MEMORY && l[LIMIT_MEMORY_BYTES] && limit_memory(slot, l[LIMIT_MEMORY_BYTES], f) < 0)
        return -1;
    snprintf(text, sizeof text, "%llu", (unsigned long long)(l[LIMIT_PIDS] + b->pids));
    if (have & CONTROLLER_PIDS && l[LIMIT_PIDS] && put(slot, "pids.max", text, f) < 0)
        return -1;
    snprintf(text, sizeof text, "%llu 100000", (unsigned long long)l[LIMIT_CPU_QUOTA_US]);
    if (have & CONTROLLER_CPU && l[LIMIT_CPU_QUOTA_US] && put(slot, "cpu.max", text, f) < 0)
        return -1;
    if (have & CONTROLLER_CPUSET && plan->cpuset && put(slot, "cpuset.cpus", plan->cpuset, f) < 0)
        return -1;
    uint64_t used;
    if (!cgroup_read_key(slot->v2_run, "cpu.stat", "usage_usec", &used))
        return fail(f, STEP_CGROUP, errno, "cpu.stat");
    b->cpu_ns = used * 1000;
    return 0;
}

void v2_unthrottle(const struct cgroup_slot *slot) {
    if (slot->v2_run >= 0)
        (void)write_text(slot->v2_run, "cpu.max", "max"); /* failing, the kill only takes longer */
}

bool v2_oom_kills(const struct cgroup_slot *slot, uint64_t *kills) {
    return slot->v2_run >= 0 && cgroup_read_key(slot->v2_run, "memory.events", "oom_kill", kills);
}

static bool read_io(int dir, uint64_t *read, uint64_t *written) {
    char text[8192];
    cleanup_fd int fd = openat(dir, "io.stat", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read_text(fd, text, sizeof text) < 0)
        return false;
    *read = *written = 0;
    for (char *at = text; (at = strstr(at, "bytes=")); at += 6)
        if (at - text >= 1 && at[-1] == 'r')
            *read += strtoull(at + 6, NULL, 10);
        else if (at - text >= 1 && at[-1] == 'w')
            *written += strtoull(at + 6, NULL, 10);
    return true;
}

static bool read_cpu(const struct cgroup_slot *slot, uint64_t *ns) {
    uint64_t used;
    if (!cgroup_read_key(slot->v2_run, "cpu.stat", "usage_usec", &used))
        return false;
    *ns = cgroup_since(used * 1000, slot->base.cpu_ns);
    return true;
}

static void cpu_usage(const struct cgroup_slot *slot, struct usage *u) {
    uint64_t value;
    if (read_cpu(slot, &value))
        usage_set(u, METRIC_CPU_NS, value);
    if (cgroup_read_key(slot->v2_run, "cpu.stat", "user_usec", &value))
        usage_set(u, METRIC_CPU_USER_NS, value * 1000);
    if (cgroup_read_key(slot->v2_run, "cpu.stat", "system_usec", &value))
        usage_set(u, METRIC_CPU_SYSTEM_NS, value * 1000);
    if (cgroup_read_key(slot->v2_run, "cpu.stat", "throttled_usec", &value))
        usage_set(u, METRIC_THROTTLED_NS, value * 1000);
}

void v2_usage(const struct cgroup_slot *slot, struct usage *u) {
    uint64_t value, written;
    const struct cgroup_baseline *b = &slot->base;
    if (slot->v2_run < 0)
        return;
    cpu_usage(slot, u);
    if (cgroup_read_number(slot->v2_run, "memory.peak", &value)) {
        usage_set(u, METRIC_MEMORY_PEAK_BYTES, cgroup_since(value, b->memory));
        usage_set(u, METRIC_MEMORY_BASELINE_BYTES, b->memory);
    }
    if (v2_oom_kills(slot, &value))
        usage_set(u, METRIC_OOM_KILLS, value);
    if (cgroup_read_number(slot->v2_run, "pids.peak", &value))
        usage_set(u, METRIC_PIDS_PEAK, cgroup_since(value, b->pids));
    if (cgroup_read_key(slot->v2_run, "pids.events", "max", &value))
        usage_set(u, METRIC_PIDS_LIMIT_HITS, value);
    if (read_io(slot->v2_run, &value, &written)) {
        usage_set(u, METRIC_IO_READ_BYTES, value);
        usage_set(u, METRIC_IO_WRITE_BYTES, written);
    }
}

void v2_sample(const struct cgroup_slot *slot, struct sample *s) {
    const struct cgroup_baseline *b = &slot->base;
    uint64_t value;
    if (slot->v2_run < 0)
        return;
    if (read_cpu(slot, &value))
        sample_set(s, FIGURE_CPU_NS, value);
    if (cgroup_memory_in_use(slot->v2_run, &memory_files, &value))
        sample_set(s, FIGURE_MEMORY_BYTES, cgroup_since(value, b->memory));
    if (cgroup_read_number(slot->v2_run, "pids.current", &value))
        sample_set(s, FIGURE_PIDS, cgroup_since(value, b->pids));
}

int v2_slot_reset(struct cgroup_slot *slot) {
    drop_leaf(slot);
    return faccessat(slot->v2, "run", F_OK, 0) == 0 ? -1 : 0;
}
