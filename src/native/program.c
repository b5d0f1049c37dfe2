/* The order of the last steps, each with its reason:
 *   1 setsid, terminal     a session of its own, so that job control and TIOCSTI reach nobody else
 *   2 stdio                0, 1, 2 and nothing else
 *   3 rlimits              before the ids, which may lose the right to set them
 *   4 capabilities, ids    one by one, see credentials.c
 *   5 PDEATHSIG            again, for changing ids cleared it; without a pid namespace it is all that ties us to init
 *   6 chdir                as the job's user, and getcwd must start with "/" (CVE-2024-21626)
 *   7 no_new_privs
 *   8 close everything from 3 up but the channel to init: with close-on-exec alone the command could be named by way of
 *     /proc/self/fd, which is looked up before the exec closes it (CVE-2024-21626)
 *   9 seccomp last         so that the filter need not allow any of the above
 *  10 execve               ETXTBSY is retried: a fork elsewhere may for an instant hold the file that we wrote
 * Init says when it has given up its own rights: before that, a program that is root in its sandbox would have its id.
 */
#include "program.h"

#include "beneath.h"
#include "credentials.h"
#include "seccomp_trace.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>

static int take_stdio(const struct plan *p, const int stdio[3], struct failure *f) {
    int moved[3];
    for (int i = 0; i < 3; i++)
        if ((moved[i] = fcntl(stdio[i], F_DUPFD_CLOEXEC, 3)) < 0)
            return fail(f, STEP_STDIO, errno, "dup");
    for (int i = 0; i < 3; i++)
        if (dup2(moved[i], i) < 0)
            return fail(f, STEP_STDIO, errno, "dup2");
    if (p->terminal && ioctl(0, TIOCSCTTY, 0) < 0)
        return fail(f, STEP_TERMINAL, errno, "TIOCSCTTY");
    return 0;
}

static int set_rlimits(const struct plan *p, struct failure *f) {
    for (uint32_t i = 0; i < p->rlimit_count; i++) {
        const struct resource_limit *l = &p->rlimits[i];
        const struct rlimit limit = {.rlim_cur = l->soft, .rlim_max = l->hard};
        if (setrlimit((__typeof__(RLIMIT_CPU))l->resource, &limit) < 0)
            return fail(f, STEP_RLIMIT, errno, "resource %u: the host's hard limit is lower", l->resource);
    }
    return 0;
}

static int enter_workdir(const struct plan *p, struct failure *f) {
    char where[PATH_MAX_BYTES];
    if (chdir(p->workdir) < 0)
        return fail(f, STEP_WORKDIR, errno, "%s", p->workdir);
    errno = 0;
    bool known = getcwd(where, sizeof where) != NULL;
    if (!known && errno != ENOENT)
        return fail(f, STEP_WORKDIR, errno, "%s", p->workdir);
    if (!known || where[0] != '/')
        return fail(f, STEP_WORKDIR, ENOENT, "%s is outside the root", p->workdir);
    return 0;
}

static int close_all_but(int kept) {
    if (kept > 3 && syscall(SYS_close_range, 3, kept - 1, 0) < 0)
        return -1;
    return (int)syscall(SYS_close_range, kept + 1, ~0u, 0);
}

static int prepare(const struct plan *p, const int stdio[3], int channel, struct failure *f) {
    if (setsid() < 0)
        return fail(f, STEP_SESSION, errno, "setsid");
    /* Not the keeper's, which it had from its init. */
    if (getpriority(PRIO_PROCESS, 0) < 0 && setpriority(PRIO_PROCESS, 0, 0) < 0)
        return fail(f, STEP_SESSION, errno, "nice 0");
    if (take_stdio(p, stdio, f) < 0 || set_rlimits(p, f) < 0)
        return -1;
    if ((p->spaces & SPACE_DROP_PRIVILEGES ? drop_privileges(p, f) : take_identity(p, f)) < 0)
        return -1;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
        return fail(f, STEP_SESSION, errno, "PDEATHSIG");
    if (enter_workdir(p, f) < 0)
        return -1;
    if (p->spaces & SPACE_DROP_PRIVILEGES && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return fail(f, STEP_NO_NEW_PRIVILEGES, errno, "no_new_privs");
    if (close_all_but(channel) < 0)
        return fail(f, STEP_CLOSE_FDS, errno, "close_range");
    return 0;
}

static void execute_at(const char *path, const struct plan *p) {
    for (int attempt = 0; attempt < 50; attempt++) {
        execve(path, p->argv, p->envp);
        if (errno != ETXTBSY)
            return;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
}

static const char *path_of(const struct plan *p) {
    for (char **e = p->envp; *e; e++)
        if (strncmp(*e, "PATH=", 5) == 0)
            return *e + 5;
    return "/usr/local/bin:/usr/bin:/bin";
}

/* Looks the command up inside the sandbox, as the job's user: nothing on the host's side resolves a name in an image. */
static void execute(const struct plan *p, struct failure *f) {
    const char *command = p->argv[0];
    int worst = ENOENT;
    if (strchr(command, '/')) {
        execute_at(command, p);
        fail(f, STEP_EXEC, errno, "%s", command);
        return;
    }
    for (const char *at = path_of(p); *at && *command;) {
        char full[PATH_MAX_BYTES + 1];
        size_t size = strcspn(at, ":");
        if (size > 0 && snprintf(full, sizeof full, "%.*s/%s", (int)size, at, command) < (int)sizeof full) {
            execute_at(full, p);
            if (errno != ENOENT && errno != ENOTDIR)
                worst = errno;
            if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
                break;
        }
        at += size + (at[size] == ':');
    }
    fail(f, STEP_EXEC, worst, "%s", command);
}

static _Noreturn void report(int status, const struct program_status *s) {
    /* If init is gone there is nobody left to tell, and we end all the same. */
    (void)!write(status, &s->failure, sizeof s->failure);
    _exit(125);
}

static int load_filter(const struct plan *p, struct failure *f) {
    if (p->trace.size)
        return trace_load(p->seccomp) < 0 ? fail(f, STEP_TRACE, errno, "listen to the program's calls") : 0;
    return p->seccomp.size && load_seccomp(p->seccomp) < 0 ? fail(f, STEP_SECCOMP, errno, "load the filter") : 0;
}

void program_start(const struct plan *p, const int stdio[3], int status) {
    struct program_status s = {0};
    /* Out of the way of 0, 1 and 2; and where a filter that traces lets it be written to. */
    cleanup_fd int channel = fcntl(status, F_DUPFD_CLOEXEC, p->trace.size ? TRACE_FD : 10);
    int prepared = prepare(p, stdio, channel, &s.failure);
    char hardened;
    if (read(channel, &hardened, 1) != 1)
        _exit(125); /* init is gone */
    s.start_ns = now_ns();
    if (write_all(channel, &s.start_ns, sizeof s.start_ns) < 0)
        _exit(125);
    if (prepared < 0)
        report(channel, &s);
    if (load_filter(p, &s.failure) == 0)
        execute(p, &s.failure);
    report(channel, &s);
}
