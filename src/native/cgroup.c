/* Our directory `hotcell-<id>` under each parent is flock()ed for as long as we live. The lock is on the cgroup directory
 * itself, so it is seen across mount namespaces and ends with the process, however that dies; the next start removes every
 * `hotcell-*` that nobody holds. Making and cleaning happen under a lock on the parent, so they cannot race. */
#include "cgroup.h"

#include <dirent.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>

enum { LOCKS_MAX = CONTROLLER_COUNT + 1 };
static int instance_locks[LOCKS_MAX] = {-1, -1, -1, -1, -1, -1, -1};

void usage_set(struct usage *u, uint32_t metric, uint64_t value) {
    u->value[metric] = value;
    u->known[metric] = true;
}

void sample_set(struct sample *s, uint32_t figure, uint64_t value) {
    s->value[figure] = value;
    s->known[figure] = true;
}

uint64_t cgroup_since(uint64_t now, uint64_t before) {
    return now > before ? now - before : 0;
}

bool cgroup_read_number(int dir, const char *file, uint64_t *value) {
    char text[64];
    cleanup_fd int fd = openat(dir, file, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read_text(fd, text, sizeof text) <= 0)
        return false;
    char *end;
    *value = strtoull(text, &end, 10);
    return end != text;
}

static bool find_key(const char *text, const char *key, uint64_t *value) {
    size_t size = strlen(key);
    for (const char *line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (strncmp(line, key, size) == 0 && line[size] == ' ') {
            *value = strtoull(line + size + 1, NULL, 10);
            return true;
        }
    return false;
}

bool cgroup_read_key(int dir, const char *file, const char *key, uint64_t *value) {
    char text[4096];
    cleanup_fd int fd = openat(dir, file, O_RDONLY | O_CLOEXEC);
    return fd >= 0 && read_text(fd, text, sizeof text) > 0 && find_key(text, key, value);
}

/* MEMCG_CHARGE_BATCH of the kernel: so many pages may a CPU have charged ahead. */
static uint64_t charged_ahead_most(void) {
    return 64 * (uint64_t)sysconf(_SC_PAGESIZE) * (uint64_t)sysconf(_SC_NPROCESSORS_ONLN);
}

/* The parts of memory.stat; one read, so that they are of one moment. */
static bool sum_parts(int dir, const char *const *keys, uint64_t *sum) {
    char text[4096];
    uint64_t value;
    cleanup_fd int fd = openat(dir, "memory.stat", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read_text(fd, text, sizeof text) <= 0)
        return false;
    for (*sum = 0; *keys; keys++) {
        if (!find_key(text, *keys, &value))
            return false;
        *sum += value;
    }
    return true;
}

bool cgroup_memory_in_use(int dir, const struct memory_files *files, uint64_t *bytes) {
    uint64_t sum, value, ahead = charged_ahead_most();
    if (!cgroup_read_number(dir, files->usage, bytes))
        return false;
    if (!sum_parts(dir, files->keys, &sum))
        return true;
    if (files->kernel && cgroup_read_number(dir, files->kernel, &value))
        sum += value;
    /* The statistics lag, the counter runs ahead: what is in use lies where both can be right. */
    if (sum + ahead < *bytes)
        *bytes -= ahead;
    else if (sum < *bytes)
        *bytes = sum;
    return true;
}

static void kill_members(int dir) {
    char list[65536];
    cleanup_fd int fd = openat(dir, "cgroup.procs", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read_text(fd, list, sizeof list) <= 0)
        return;
    for (char *at = list, *end; *at; at = end) {
        long pid = strtol(at, &end, 10);
        if (end == at)
            return;
        if (*end == '\n' && pid > 1 && pid != getpid())
            kill((pid_t)pid, SIGKILL);
        end += *end == '\n';
    }
}

/* rmdir until the killed members are gone: they leave the group when they are reaped, which is not in our hands. */
static int remove_patiently(int parent, const char *name, int dir) {
    for (int attempt = 0; attempt < 500; attempt++) {
        if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
            return 0;
        if (errno != EBUSY)
            return -1;
        kill_members(dir);
        nanosleep(&(struct timespec){.tv_nsec = attempt < 50 ? 200000 : 4000000}, NULL);
    }
    return -1;
}

int cgroup_kill_and_remove(int parent, const char *name) {
    cleanup_fd int dir = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (dir < 0)
        return errno == ENOENT ? 0 : -1;
    DIR *entries = fdopendir(fcntl(dir, F_DUPFD_CLOEXEC, 3));
    if (!entries)
        return -1;
    int result = 0;
    for (struct dirent *e; (e = readdir(entries));)
        if (e->d_type == DT_DIR && e->d_name[0] != '.' && cgroup_kill_and_remove(dir, e->d_name) < 0)
            result = -1;
    closedir(entries);
    return remove_patiently(parent, name, dir) < 0 ? -1 : result;
}

static void remove_dead_instances(int parent) {
    DIR *entries = fdopendir(fcntl(parent, F_DUPFD_CLOEXEC, 3));
    if (!entries)
        return;
    rewinddir(entries);
    for (struct dirent *e; (e = readdir(entries));) {
        if (e->d_type != DT_DIR || strncmp(e->d_name, "hotcell-", 8) != 0)
            continue;
        cleanup_fd int dir = openat(parent, e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (dir >= 0 && flock(dir, LOCK_EX | LOCK_NB) == 0)
            cgroup_kill_and_remove(parent, e->d_name);
    }
    closedir(entries);
}

/* Locked directory of ours under `path`, or -1 with a failure. */
static int start_under(const char *path, const char *instance, int *parent, struct failure *f) {
    *parent = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*parent < 0 || flock(*parent, LOCK_EX) < 0)
        return fail(f, STEP_CGROUP, errno, "%s", path);
    remove_dead_instances(*parent);
    if (mkdirat(*parent, instance, 0755) < 0 && errno != EEXIST)
        return fail(f, STEP_CGROUP, errno, "mkdir %s/%s", path, instance);
    int dir = openat(*parent, instance, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return fail(f, STEP_CGROUP, errno, "open %s/%s", path, instance);
    /* Two controllers mounted together are one directory: the second lock on it is refused, and not needed. */
    if (flock(dir, LOCK_EX | LOCK_NB) < 0 && errno != EWOULDBLOCK) {
        close(dir);
        return fail(f, STEP_CGROUP, errno, "lock %s/%s", path, instance);
    }
    return dir;
}

static int enable_v2_controllers(int dir, uint32_t controllers) {
    static const struct { uint32_t bit; const char *enable; } table[] = {
        {CONTROLLER_MEMORY, "+memory"}, {CONTROLLER_CPU, "+cpu"}, {CONTROLLER_CPUSET, "+cpuset"},
        {CONTROLLER_PIDS, "+pids"}, {CONTROLLER_BLKIO, "+io"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (controllers & table[i].bit && write_text(dir, "cgroup.subtree_control", table[i].enable) < 0)
            return -1;
    return 0;
}

int cgroup_start(const struct cgroup_config *config, struct failure *f) {
    for (unsigned c = 0; c < CONTROLLER_COUNT; c++) {
        if (!config->v1_parent[c][0])
            continue;
        cleanup_fd int parent = -1;
        instance_locks[c] = start_under(config->v1_parent[c], config->instance, &parent, f);
        if (instance_locks[c] < 0)
            return -1;
        if (v1_prepare_directory(instance_locks[c], parent, c) < 0)
            return fail(f, STEP_CGROUP, errno, "prepare %s", config->v1_parent[c]);
    }
    if (!config->v2_parent[0])
        return 0;
    cleanup_fd int parent = -1;
    int dir = start_under(config->v2_parent, config->instance, &parent, f);
    instance_locks[CONTROLLER_COUNT] = dir;
    if (dir < 0)
        return -1;
    if (enable_v2_controllers(parent, config->v2_controllers) < 0 || enable_v2_controllers(dir, config->v2_controllers) < 0)
        return fail(f, STEP_CGROUP, errno, "enable controllers under %s", config->v2_parent);
    return 0;
}

static void stop_under(const char *path, const char *instance, int *lock) {
    cleanup_fd int parent = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent >= 0 && *lock >= 0)
        cgroup_kill_and_remove(parent, instance); /* what cannot be removed now is removed by the next start */
    close_fd(lock);
}

void cgroup_stop(const struct cgroup_config *config) {
    for (unsigned c = 0; c < CONTROLLER_COUNT; c++)
        if (config->v1_parent[c][0])
            stop_under(config->v1_parent[c], config->instance, &instance_locks[c]);
    if (config->v2_parent[0])
        stop_under(config->v2_parent, config->instance, &instance_locks[CONTROLLER_COUNT]);
}

int cgroup_slot_open(const struct cgroup_config *config, struct cgroup_slot *slot, unsigned number, uint32_t owner,
                     struct failure *f) {
    *slot = (struct cgroup_slot){.number = number, .v2 = -1, .v2_run = -1, .oom_event = -1, .cpu_usage = -1};
    for (unsigned c = 0; c < CONTROLLER_COUNT; c++)
        slot->v1[c] = -1;
    if (config->v1_controllers && v1_slot_open(config, slot, f) < 0)
        return -1;
    return config->v2_controllers ? v2_slot_open(config, slot, owner, f) : 0;
}

int cgroup_slot_adopt(const struct cgroup_config *config, struct cgroup_slot *slot, pid_t keeper, struct failure *f) {
    slot->keeper = keeper;
    if (config->v1_controllers && v1_slot_adopt(config, slot, keeper, f) < 0)
        return -1;
    return config->v2_controllers ? v2_slot_adopt(slot, keeper, f) : 0;
}

void cgroup_slot_close(const struct cgroup_config *config, struct cgroup_slot *slot) {
    close_fd(&slot->oom_event);
    close_fd(&slot->cpu_usage);
    if (config->v1_controllers)
        v1_slot_close(config, slot);
    if (config->v2_controllers)
        v2_slot_close(config, slot);
}

int cgroup_slot_leaf(const struct cgroup_config *config, struct cgroup_slot *slot, uint32_t owner, struct failure *f) {
    slot->changed = true;
    return config->v2_controllers ? v2_slot_leaf(slot, owner, f) : 0;
}

int cgroup_slot_begin(const struct cgroup_config *config, struct cgroup_slot *slot, const struct plan *plan,
                      struct failure *f) {
    slot->base = (struct cgroup_baseline){0};
    cgroup_slot_oom_event(slot); /* what an earlier run left on it */
    if (config->v1_controllers && v1_slot_begin(slot, plan, f) < 0)
        return -1;
    return config->v2_controllers ? v2_slot_begin(config, slot, plan, f) : 0;
}

uint64_t cgroup_slot_cpu_ns(const struct cgroup_slot *slot) {
    struct usage usage = {0};
    v1_usage(slot, &usage);
    v2_usage(slot, &usage);
    return usage.value[METRIC_CPU_NS];
}

bool cgroup_slot_oom_event(const struct cgroup_slot *slot) {
    char event[4096];
    uint64_t kills;
    ssize_t got = slot->oom_event < 0 ? -1 : read(slot->oom_event, event, sizeof event);
    /* v1 speaks only of OOM, and before the kill is counted; v2 speaks of every change in memory.events. */
    if (got > 0 && slot->v1[0] >= 0)
        return true;
    return got > 0 && v2_oom_kills(slot, &kills) && kills > slot->base.oom_kills;
}

void cgroup_slot_usage(const struct cgroup_slot *slot, struct usage *usage) {
    v1_usage(slot, usage);
    v2_usage(slot, usage);
}

void cgroup_slot_sample(const struct cgroup_slot *slot, struct sample *sample) {
    v1_sample(slot, sample);
    v2_sample(slot, sample);
}

void cgroup_slot_unthrottle(const struct cgroup_slot *slot) {
    v1_unthrottle(slot);
    v2_unthrottle(slot);
}

int cgroup_slot_reset(const struct cgroup_config *config, struct cgroup_slot *slot) {
    if (!slot->changed)
        return 0;
    slot->changed = false;
    if (config->v1_controllers && v1_slot_reset(config, slot) < 0)
        return -1;
    return config->v2_controllers ? v2_slot_reset(slot) : 0;
}
