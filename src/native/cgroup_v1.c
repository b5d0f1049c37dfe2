/* cgroup v1: a directory per controller, kept with its keeper in it for the life of the slot; counters are reset or
 * differenced between runs, for making and joining four groups per run costs more than everything else together. */
#include "cgroup.h"

#include <sys/eventfd.h>
#include <sys/stat.h>

enum { MEMORY, CPU, CPUACCT, CPUSET, PIDS, BLKIO };
_Static_assert(1 << MEMORY == CONTROLLER_MEMORY && 1 << BLKIO == CONTROLLER_BLKIO, "controller indexes follow the protocol");

enum { IDLE_SLACK_BYTES = 1 << 20, QUIET_PIDS = 3 };

static void slot_name(char *name, size_t size, const struct cgroup_slot *slot, unsigned controller) {
    if (controller == PIDS && slot->pids_generation)
        snprintf(name, size, "slot-%u.%u", slot->number, slot->pids_generation);
    else
        snprintf(name, size, "slot-%u", slot->number);
}

/* A new cpuset is empty, and an empty one takes no process. */
static int inherit_cpuset(int directory, int parent) {
    static const char *const files[] = {"cpuset.cpus", "cpuset.mems"};
    for (int i = 0; i < 2; i++) {
        char text[1024];
        cleanup_fd int fd = openat(parent, files[i], O_RDONLY | O_CLOEXEC);
        if (fd < 0 || read_text(fd, text, sizeof text) < 0 || write_text(directory, files[i], text) < 0)
            return -1;
    }
    return 0;
}

int v1_prepare_directory(int directory, int parent, unsigned controller) {
    if (controller == CPUSET)
        return inherit_cpuset(directory, parent);
    if (controller == MEMORY && write_text(directory, "memory.use_hierarchy", "1") < 0 && errno != EBUSY &&
        errno != ENOENT && errno != EINVAL) /* older kernels ask for it, newer ones have nothing else */
        return -1;
    return 0;
}

static int open_instance(const struct cgroup_config *config, unsigned controller) {
    char path[PATH_MAX_BYTES + 80];
    snprintf(path, sizeof path, "%s/%s", config->v1_parent[controller], config->instance);
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int open_controller(const struct cgroup_config *config, struct cgroup_slot *slot, unsigned c, struct failure *f) {
    char name[48];
    slot_name(name, sizeof name, slot, c);
    cleanup_fd int instance = open_instance(config, c);
    if (instance < 0 || (mkdirat(instance, name, 0755) < 0 && errno != EEXIST))
        return fail(f, STEP_CGROUP, errno, "mkdir %s under %s", name, config->v1_parent[c]);
    slot->v1[c] = openat(instance, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (slot->v1[c] < 0 || v1_prepare_directory(slot->v1[c], instance, c) < 0)
        return fail(f, STEP_CGROUP, errno, "prepare %s under %s", name, config->v1_parent[c]);
    return 0;
}

static int watch_oom(struct cgroup_slot *slot, struct failure *f) {
    cleanup_fd int control = openat(slot->v1[MEMORY], "memory.oom_control", O_RDONLY | O_CLOEXEC);
    slot->oom_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (control < 0 || slot->oom_event < 0 ||
        write_format(slot->v1[MEMORY], "cgroup.event_control", "%d %d", slot->oom_event, control) < 0)
        return fail(f, STEP_CGROUP, errno, "watch memory.oom_control");
    return 0;
}

static int forbid_swap(struct cgroup_slot *slot, struct failure *f) {
    if (faccessat(slot->v1[MEMORY], "memory.memsw.limit_in_bytes", F_OK, 0) == 0)
        return 0; /* the limit itself covers swap */
    if (write_text(slot->v1[MEMORY], "memory.swappiness", "0") < 0)
        return fail(f, STEP_CGROUP, errno, "memory.swappiness");
    return 0;
}

int v1_slot_open(const struct cgroup_config *config, struct cgroup_slot *slot, struct failure *f) {
    for (unsigned c = 0; c < CONTROLLER_COUNT; c++)
        if (config->v1_parent[c][0] && open_controller(config, slot, c, f) < 0)
            return -1;
    if (slot->v1[CPUACCT] >= 0)
        slot->cpu_usage = openat(slot->v1[CPUACCT], "cpuacct.usage", O_RDONLY | O_CLOEXEC);
    if (slot->v1[MEMORY] < 0)
        return 0;
    return forbid_swap(slot, f) < 0 ? -1 : watch_oom(slot, f);
}

int v1_slot_adopt(const struct cgroup_config *config, struct cgroup_slot *slot, pid_t keeper, struct failure *f) {
    for (unsigned c = 0; c < CONTROLLER_COUNT; c++)
        if (slot->v1[c] >= 0 && write_format(slot->v1[c], "cgroup.procs", "%d", (int)keeper) < 0)
            return fail(f, STEP_CGROUP, errno, "%s/cgroup.procs", config->v1_parent[c]);
    return 0;
}

void v1_slot_close(const struct cgroup_config *config, struct cgroup_slot *slot) {
    for (unsigned c = 0; c < CONTROLLER_COUNT; c++) {
        char name[48];
        if (slot->v1[c] < 0)
            continue;
        slot_name(name, sizeof name, slot, c);
        close_fd(&slot->v1[c]);
        cleanup_fd int instance = open_instance(config, c);
        if (instance >= 0)
            cgroup_kill_and_remove(instance, name); /* a rest is removed with the instance */
    }
}

/* Figures from before a run. What this kernel does not have is 0, and never read after the run either. */
static bool number(int dir, const char *file, uint64_t *value) {
    *value = 0;
    errno = 0;
    return dir < 0 || cgroup_read_number(dir, file, value) || errno == 0 || errno == ENOENT;
}

static bool key(int dir, const char *file, const char *name, uint64_t *value) {
    *value = 0;
    errno = 0;
    return dir < 0 || cgroup_read_key(dir, file, name, value) || errno == 0 || errno == ENOENT;
}

/* Sums "MAJOR:MINOR Read N" over the devices. */
static bool read_io(int dir, uint64_t *read, uint64_t *written) {
    char text[8192];
    cleanup_fd int fd = openat(dir, "blkio.throttle.io_service_bytes", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read_text(fd, text, sizeof text) < 0)
        return false;
    *read = *written = 0;
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char *word;
        if ((word = strstr(line, " Read ")))
            *read += strtoull(word + 6, NULL, 10);
        else if ((word = strstr(line, " Write ")))
            *written += strtoull(word + 7, NULL, 10);
    }
    return true;
}

static int limit_memory(struct cgroup_slot *slot, uint64_t bytes, struct failure *f) {
    int dir = slot->v1[MEMORY];
    unsigned long long total = bytes + slot->base.memory;
    if (write_format(dir, "memory.limit_in_bytes", "%llu", total) < 0)
        return fail(f, STEP_CGROUP, errno, "memory.limit_in_bytes");
    if (write_format(dir, "memory.memsw.limit_in_bytes", "%llu", total) < 0 && errno != ENOENT)
        return fail(f, STEP_CGROUP, errno, "memory.memsw.limit_in_bytes");
    return 0;
}

/* What lies in TCP and UDP buffers is counted apart on v1, and not at all before a limit is set. Without an interface that
 * is up there can be none, and no need to pay for it. */
static int limit_sockets(struct cgroup_slot *slot, const struct plan *plan, struct failure *f) {
    long long bytes = plan->limits[LIMIT_MEMORY_BYTES] ? (long long)plan->limits[LIMIT_MEMORY_BYTES] : -1;
    if (plan->spaces & SPACE_NETWORK && !(plan->spaces & SPACE_LOOPBACK))
        return 0;
    if (write_format(slot->v1[MEMORY], "memory.kmem.tcp.limit_in_bytes", "%lld", bytes) < 0 && errno != ENOENT)
        return fail(f, STEP_CGROUP, errno, "memory.kmem.tcp.limit_in_bytes"); /* ENOENT: a kernel without CONFIG_INET */
    return 0;
}

static int put_limits(struct cgroup_slot *slot, const struct plan *plan, struct failure *f) {
    const uint64_t *l = plan->limits;
    if (l[LIMIT_MEMORY_BYTES] && slot->v1[MEMORY] >= 0 && limit_memory(slot, l[LIMIT_MEMORY_BYTES], f) < 0)
        return -1;
    if (slot->v1[MEMORY] >= 0 && limit_sockets(slot, plan, f) < 0)
        return -1;
    if (l[LIMIT_PIDS] && slot->v1[PIDS] >= 0 &&
        write_format(slot->v1[PIDS], "pids.max", "%llu", (unsigned long long)(l[LIMIT_PIDS] + slot->base.pids)) < 0)
        return fail(f, STEP_CGROUP, errno, "pids.max");
    if (l[LIMIT_CPU_QUOTA_US] && slot->v1[CPU] >= 0 &&
        write_format(slot->v1[CPU], "cpu.cfs_quota_us", "%llu", (unsigned long long)l[LIMIT_CPU_QUOTA_US]) < 0)
        return fail(f, STEP_CGROUP, errno, "cpu.cfs_quota_us");
    if (plan->cpuset && slot->v1[CPUSET] >= 0 && write_text(slot->v1[CPUSET], "cpuset.cpus", plan->cpuset) < 0)
        return fail(f, STEP_CGROUP, errno, "cpuset.cpus %s", plan->cpuset);
    return 0;
}

static const struct memory_files memory_files = {
    .usage = "memory.usage_in_bytes", .kernel = "memory.kmem.usage_in_bytes", .keys = {"cache", "rss"}};

/* A run that does not know it would be told the out-of-memory kills of those before it as its own. */
static bool take_baseline(struct cgroup_slot *slot) {
    struct cgroup_baseline *b = &slot->base;
    return (slot->v1[MEMORY] < 0 || cgroup_memory_in_use(slot->v1[MEMORY], &memory_files, &b->memory)) &&
           key(slot->v1[MEMORY], "memory.oom_control", "oom_kill", &b->oom_kills) &&
           number(slot->v1[PIDS], "pids.current", &b->pids) &&
           key(slot->v1[PIDS], "pids.events", "max", &b->pids_hits) &&
           key(slot->v1[CPU], "cpu.stat", "throttled_time", &b->throttled_ns) &&
           (slot->v1[BLKIO] < 0 || read_io(slot->v1[BLKIO], &b->io_read, &b->io_write) || errno == ENOENT);
}

int v1_slot_begin(struct cgroup_slot *slot, const struct plan *plan, struct failure *f) {
    if (!take_baseline(slot))
        return fail(f, STEP_CGROUP, errno, "read the counters");
    if (put_limits(slot, plan, f) < 0)
        return -1;
    if (slot->v1[MEMORY] >= 0 && write_text(slot->v1[MEMORY], "memory.max_usage_in_bytes", "0") < 0)
        return fail(f, STEP_CGROUP, errno, "memory.max_usage_in_bytes");
    if (slot->v1[CPUACCT] >= 0 && write_text(slot->v1[CPUACCT], "cpuacct.usage", "0") < 0)
        return fail(f, STEP_CGROUP, errno, "cpuacct.usage");
    return 0;
}

void v1_unthrottle(const struct cgroup_slot *slot) {
    if (slot->v1[CPU] >= 0)
        (void)write_text(slot->v1[CPU], "cpu.cfs_quota_us", "-1"); /* failing, the kill only takes longer */
}

bool v1_oom_kills(const struct cgroup_slot *slot, uint64_t *kills) {
    return slot->v1[MEMORY] >= 0 && cgroup_read_key(slot->v1[MEMORY], "memory.oom_control", "oom_kill", kills);
}

static bool read_cpu(const struct cgroup_slot *slot, uint64_t *ns) {
    char text[64];
    if (slot->v1[CPUACCT] < 0 || slot->cpu_usage < 0 || read_text(slot->cpu_usage, text, sizeof text) <= 0)
        return false;
    *ns = strtoull(text, NULL, 10);
    return true;
}

static void cpu_usage(const struct cgroup_slot *slot, struct usage *u) {
    uint64_t value;
    if (slot->v1[CPUACCT] < 0)
        return;
    if (read_cpu(slot, &value))
        usage_set(u, METRIC_CPU_NS, value);
    if (cgroup_read_number(slot->v1[CPUACCT], "cpuacct.usage_user", &value))
        usage_set(u, METRIC_CPU_USER_NS, value);
    if (cgroup_read_number(slot->v1[CPUACCT], "cpuacct.usage_sys", &value))
        usage_set(u, METRIC_CPU_SYSTEM_NS, value);
}

void v1_usage(const struct cgroup_slot *slot, struct usage *u) {
    const struct cgroup_baseline *b = &slot->base;
    uint64_t value, written;
    cpu_usage(slot, u);
    if (slot->v1[MEMORY] >= 0 && cgroup_read_number(slot->v1[MEMORY], "memory.max_usage_in_bytes", &value))
        usage_set(u, METRIC_MEMORY_PEAK_BYTES, cgroup_since(value, b->memory));
    if (v1_oom_kills(slot, &value))
        usage_set(u, METRIC_OOM_KILLS, cgroup_since(value, b->oom_kills));
    if (slot->v1[PIDS] >= 0 && cgroup_read_number(slot->v1[PIDS], "pids.peak", &value))
        usage_set(u, METRIC_PIDS_PEAK, cgroup_since(value, b->pids));
    if (slot->v1[PIDS] >= 0 && cgroup_read_key(slot->v1[PIDS], "pids.events", "max", &value))
        usage_set(u, METRIC_PIDS_LIMIT_HITS, cgroup_since(value, b->pids_hits));
    if (slot->v1[CPU] >= 0 && cgroup_read_key(slot->v1[CPU], "cpu.stat", "throttled_time", &value))
        usage_set(u, METRIC_THROTTLED_NS, cgroup_since(value, b->throttled_ns));
    if (slot->v1[BLKIO] >= 0 && read_io(slot->v1[BLKIO], &value, &written)) {
        usage_set(u, METRIC_IO_READ_BYTES, cgroup_since(value, b->io_read));
        usage_set(u, METRIC_IO_WRITE_BYTES, cgroup_since(written, b->io_write));
    }
    if (slot->v1[MEMORY] >= 0)
        usage_set(u, METRIC_MEMORY_BASELINE_BYTES, b->memory);
}

void v1_sample(const struct cgroup_slot *slot, struct sample *s) {
    const struct cgroup_baseline *b = &slot->base;
    uint64_t value;
    if (read_cpu(slot, &value))
        sample_set(s, FIGURE_CPU_NS, value);
    if (slot->v1[MEMORY] >= 0 && cgroup_memory_in_use(slot->v1[MEMORY], &memory_files, &value))
        sample_set(s, FIGURE_MEMORY_BYTES, cgroup_since(value, b->memory));
    if (slot->v1[PIDS] >= 0 && cgroup_read_number(slot->v1[PIDS], "pids.current", &value))
        sample_set(s, FIGURE_PIDS, cgroup_since(value, b->pids));
}

/* pids.peak has no reset: a fresh directory has a fresh peak. The keeper alone moves, and nobody waits for it. */
static int renew_pids(const struct cgroup_config *config, struct cgroup_slot *slot) {
    struct failure f;
    char old[48];
    uint64_t peak;
    if (!number(slot->v1[PIDS], "pids.peak", &peak))
        return -1;
    if (peak <= QUIET_PIDS)
        return 0;
    slot_name(old, sizeof old, slot, PIDS);
    close_fd(&slot->v1[PIDS]);
    slot->pids_generation++;
    if (open_controller(config, slot, PIDS, &f) < 0)
        return -1;
    if (write_format(slot->v1[PIDS], "cgroup.procs", "%d", (int)slot->keeper) < 0)
        return -1;
    cleanup_fd int instance = open_instance(config, PIDS);
    return instance < 0 ? -1 : cgroup_kill_and_remove(instance, old);
}

static int empty_memory(struct cgroup_slot *slot) {
    int dir = slot->v1[MEMORY];
    if (dir < 0)
        return 0;
    if (write_text(dir, "memory.memsw.limit_in_bytes", "-1") < 0 && errno != ENOENT)
        return -1;
    if (write_text(dir, "memory.limit_in_bytes", "-1") < 0)
        return -1;
    uint64_t usage;
    if (!cgroup_read_number(dir, "memory.usage_in_bytes", &usage))
        return -1;
    if (!slot->idle_memory)
        slot->idle_memory = usage;
    if (usage <= slot->idle_memory + IDLE_SLACK_BYTES)
        return 0;
    /* Page cache that the run was the first to touch is charged to us until it is reclaimed. EBUSY = some of it is in use. */
    if (write_text(dir, "memory.force_empty", "0") < 0 && errno != EBUSY && errno != EINTR)
        return -1;
    if (!cgroup_read_number(dir, "memory.usage_in_bytes", &usage))
        return -1;
    return usage <= slot->idle_memory + 4 * IDLE_SLACK_BYTES ? 0 : -1;
}

int v1_slot_reset(const struct cgroup_config *config, struct cgroup_slot *slot) {
    if (slot->v1[PIDS] >= 0 && write_text(slot->v1[PIDS], "pids.max", "max") < 0)
        return -1;
    if (slot->v1[CPU] >= 0 && write_text(slot->v1[CPU], "cpu.cfs_quota_us", "-1") < 0)
        return -1;
    if (slot->v1[CPUSET] >= 0) {
        cleanup_fd int instance = open_instance(config, CPUSET);
        if (instance < 0 || inherit_cpuset(slot->v1[CPUSET], instance) < 0)
            return -1;
    }
    return renew_pids(config, slot) < 0 ? -1 : empty_memory(slot);
}
