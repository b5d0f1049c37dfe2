#include "tree.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

int tree_open_children(void) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    return open(path, O_RDONLY | O_CLOEXEC);
}

static void kill_listed(int children) {
    char list[65536];
    ssize_t size = read_text(children, list, sizeof list);
    if (size < 0)
        return;
    /* A number cut off at the end of the buffer could be another process's: it waits for the next round. */
    if (size == (ssize_t)sizeof list - 1) {
        char *space = strrchr(list, ' ');
        if (space)
            *space = '\0';
    }
    for (char *at = list, *end; *at; at = end) {
        long pid = strtol(at, &end, 10);
        if (end == at)
            break;
        if (pid > 1)
            kill((pid_t)pid, SIGKILL);
    }
}

/* Those that are dead already. Bounded: a storm of forks may die as fast as we reap, and is ended by killing only. */
static bool any_left(void) {
    for (int i = 0; i < 4096; i++) {
        pid_t pid = waitpid(-1, NULL, WNOHANG);
        if (pid <= 0)
            return pid == 0 || errno != ECHILD;
    }
    return true;
}

void tree_kill(bool own_pids, int children) {
    if (own_pids)
        kill(-1, SIGKILL);
    else
        kill_listed(children);
}

void tree_kill_all(bool own_pids, int children) {
    while (any_left()) {
        tree_kill(own_pids, children);
        if (waitpid(-1, NULL, 0) < 0 && errno == ECHILD)
            return;
    }
}

uint64_t tree_cpu_ns(pid_t pid) {
    struct rusage reaped;
    struct timespec own = {0};
    clockid_t clock;
    if (clock_getcpuclockid(pid, &clock) == 0)
        clock_gettime(clock, &own);
    getrusage(RUSAGE_CHILDREN, &reaped);
    uint64_t ns = (uint64_t)own.tv_sec * 1000000000u + (uint64_t)own.tv_nsec;
    ns += (uint64_t)(reaped.ru_utime.tv_sec + reaped.ru_stime.tv_sec) * 1000000000u;
    return ns + (uint64_t)(reaped.ru_utime.tv_usec + reaped.ru_stime.tv_usec) * 1000u;
}
