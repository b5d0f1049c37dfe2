/* Init looks at every process beside it: CPU time by the clock of each and what it has waited for, memory first by an upper
 * bound, the sum of all resident pages. Only where that exceeds the limit, shares of pages are asked for, which is dear. */
#include "look.h"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/vfs.h>

enum { PROC_MAGIC = 0x9fa0, TEXT = 2048 };

struct sum {
    uint64_t cpu_ns, pids;
    uint64_t resident, private;      /* bytes; resident counts shared pages once for each process */
    uint64_t anonymous, shared;      /* bytes; each page divided by how many share it */
};

/* Of its own file system before the program began: not its to answer for. */
static uint64_t files_at_first;

/* What is written to the sandbox's own file system is memory too. */
static uint64_t files_in_memory(void) {
    struct statfs disk;
    uint64_t now = statfs("/", &disk) < 0 ? 0 : (uint64_t)(disk.f_blocks - disk.f_bfree) * (uint64_t)disk.f_bsize;
    return now > files_at_first ? now - files_at_first : 0;
}

int look_open_proc(void) {
    files_at_first = 0;
    files_at_first = files_in_memory();
    struct statfs fs;
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (proc >= 0 && (fstatfs(proc, &fs) < 0 || fs.f_type != PROC_MAGIC)) {
        close_fd(&proc);
        errno = ENOTSUP;
    }
    return proc;
}

static bool read_of(int proc, const char *pid, const char *file, char text[TEXT]) {
    char path[64];
    snprintf(path, sizeof path, "%s/%s", pid, file);
    cleanup_fd int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    return fd >= 0 && read_text(fd, text, TEXT) > 0;
}

/* Fields of /proc/PID/stat behind the name, which may hold anything: 3 is the state; proc_pid_stat(5). */
static bool read_stat(int proc, const char *pid, unsigned long long field[25]) {
    char text[TEXT];
    if (!read_of(proc, pid, "stat", text))
        return false;
    char *at = strrchr(text, ')');
    if (!at || at[1] != ' ' || !at[2])
        return false;
    at += 3;
    for (int i = 4; i < 25; i++)
        field[i] = strtoull(at, &at, 10);
    return true;
}

static uint64_t clock_of(const char *pid) {
    clockid_t clock;
    struct timespec t;
    if (clock_getcpuclockid((pid_t)strtol(pid, NULL, 10), &clock) != 0 || clock_gettime(clock, &t) < 0)
        return 0; /* it has ended */
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void add_process(int proc, const char *pid, struct sum *sum) {
    unsigned long long field[25], resident, shared;
    char text[TEXT];
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), tick = 1000000000u / (uint64_t)sysconf(_SC_CLK_TCK);
    if (!read_stat(proc, pid, field))
        return;
    sum->cpu_ns += clock_of(pid) + (field[16] + field[17]) * tick;
    sum->pids += field[20];
    if (read_of(proc, pid, "statm", text) && sscanf(text, "%*u %llu %llu", &resident, &shared) == 2) {
        sum->resident += resident * page;
        sum->private += (resident > shared ? resident - shared : 0) * page;
    }
}

static uint64_t kilobytes_of(const char *text, const char *key) {
    const char *at = strstr(text, key);
    return at ? strtoull(at + strlen(key), NULL, 10) * 1024 : 0;
}

static void add_shares(int proc, const char *pid, struct sum *sum) {
    unsigned long long resident, shared;
    char text[TEXT];
    if (read_of(proc, pid, "smaps_rollup", text)) {
        sum->anonymous += kilobytes_of(text, "\nPss_Anon:") + kilobytes_of(text, "\nSwapPss:");
        sum->shared += kilobytes_of(text, "\nPss_Shmem:");
    } else if (read_of(proc, pid, "statm", text) && sscanf(text, "%*u %llu %llu", &resident, &shared) == 2) {
        sum->anonymous += (resident > shared ? resident - shared : 0) * (uint64_t)sysconf(_SC_PAGESIZE);
    }
}

static void each_process(int proc, void (*add)(int, const char *, struct sum *), struct sum *sum) {
    DIR *entries = fdopendir(fcntl(proc, F_DUPFD_CLOEXEC, 3));
    if (!entries)
        return;
    rewinddir(entries);
    for (struct dirent *e; (e = readdir(entries));)
        if (e->d_name[0] >= '1' && e->d_name[0] <= '9' && strcmp(e->d_name, "1") != 0)
            add(proc, e->d_name, sum);
    closedir(entries);
}

static uint64_t timeval_ns(struct timeval t) {
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_usec * 1000u;
}

struct look look_at_all(int proc, uint64_t limit) {
    struct sum sum = {0};
    struct rusage ended;
    each_process(proc, add_process, &sum);
    if (getrusage(RUSAGE_CHILDREN, &ended) == 0)
        sum.cpu_ns += timeval_ns(ended.ru_utime) + timeval_ns(ended.ru_stime);
    uint64_t files = files_in_memory(), memory = sum.private + files;
    if (limit && sum.resident + files > limit) {
        each_process(proc, add_shares, &sum);
        /* A file that is mapped is one of both: as memory and as a file. */
        memory = sum.anonymous + (sum.shared > files ? sum.shared : files);
    }
    return (struct look){.cpu_ns = sum.cpu_ns, .memory_bytes = memory, .pids = sum.pids};
}
