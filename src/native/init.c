/* Theory of operation. The keeper's clone is born in the namespaces and cgroups of the sandbox and becomes its init:
 *   1 PDEATHSIG: without the keeper there is no sandbox (with a pid namespace the kernel then kills everything in it)
 *   2 setsid, oom score (the program must always be a better victim than the keeper), signals, umask
 *   3 the root, by the plan's operations (rootfs.c); hostname; a new session keyring
 *   4 READY, and wait for GO: until here the sandbox may be parked
 *   5 fork the program; give up our id and all but the right to kill, become undumpable
 *   6 let the program go on; its close-on-exec socket says whether exec was reached
 *   7 reap; when the program has ended, kill what it left, reap all, EXITED with the usage
 * Launcher and init speak over one socket. When it closes, everything here ends. */
#include "init.h"

#include "channel.h"
#include "credentials.h"
#include "namespaces.h"
#include "ordinary.h"
#include "program.h"
#include "rootfs.h"
#include "seccomp_trace.h"
#include "tree.h"
#include "look.h"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

struct init {
    struct init_args *args;
    bool own_pids;              /* we are pid 1 of a namespace */
    int signals;
    int children;               /* /proc/…/children of ours, where there is no pid namespace */
    int proc;                   /* /proc of a run that is watched; -1 = it is not */
    int mount_namespace;
    int root;
    pid_t program;
    struct tracer tracer;
    struct exit_report report;
};

static _Noreturn void init_failed(struct init *in, const struct failure *f) {
    struct packet packet = {.kind = PACKET_FAILED, .failure = *f};
    (void)packet_send(in->args->channel, &packet, NULL, 0); /* nobody left to tell if this fails */
    _exit(125);
}

static void init_die(struct init *in, uint32_t step, const char *what) {
    struct failure f;
    fail(&f, step, errno, "%s", what);
    init_failed(in, &f);
}

static void reset_signals(void) {
    sigset_t set;
    for (int signo = 1; signo < 65; signo++)
        signal(signo, SIG_DFL);
    sigemptyset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
}

static void set_up_process(struct init *in) {
    if (in->own_pids && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
        init_die(in, STEP_SESSION, "PDEATHSIG");
    if (!in->own_pids && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
        init_die(in, STEP_SESSION, "subreaper");
    if (setsid() < 0)
        init_die(in, STEP_SESSION, "setsid");
    reset_signals();
    umask(0022);
    if (in->args->plan->spaces & SPACE_DROP_PRIVILEGES && write_text(AT_FDCWD, "/proc/self/oom_score_adj", "1000") < 0)
        init_die(in, STEP_SESSION, "oom_score_adj");
    if (in->args->plan->spaces & SPACE_LOOPBACK && raise_loopback() < 0)
        init_die(in, STEP_LOOPBACK, "lo");
}

static void build_root(struct init *in) {
    struct failure f;
    const struct plan *p = in->args->plan;
    if (in->args->stage && stage_prepare(in->args->stage, false, &f) < 0)
        init_failed(in, &f);
    if (p->output_count > 0 && (in->mount_namespace = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC)) < 0)
        init_die(in, STEP_ROOT, "/proc/self/ns/mnt");
    if (rootfs_build(p, in->args->sources, &f) < 0)
        init_failed(in, &f);
    if (p->limits[LIMIT_WATCH_INTERVAL_NS] && (in->proc = look_open_proc()) < 0)
        init_die(in, STEP_PROC, "/proc");
    if (p->output_count > 0 && (in->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0)
        init_die(in, STEP_ROOT, "/");
    if (p->hostname && p->spaces & SPACE_UTS && sethostname(p->hostname, strlen(p->hostname)) < 0)
        init_die(in, STEP_HOSTNAME, p->hostname);
    /* KEYCTL_JOIN_SESSION_KEYRING = 1. A kernel without keyrings has none to share. */
    if (p->spaces & SPACE_USER && syscall(SYS_keyctl, 1, NULL) < 0 && errno != ENOSYS)
        init_die(in, STEP_KEYRING, "session keyring");
}

/* A pty of the sandbox's own devpts; the program gets the slave, the launcher the master. */
static int open_terminal(struct init *in) {
    int unlock = 0;
    const struct plan *p = in->args->plan;
    const struct winsize size = {.ws_row = p->rows, .ws_col = p->columns};
    int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0)
        init_die(in, STEP_TERMINAL, "/dev/ptmx");
    if (ioctl(master, TIOCSPTLCK, &unlock) < 0 || ioctl(master, TIOCSWINSZ, &size) < 0)
        init_die(in, STEP_TERMINAL, "unlock");
    int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0)
        init_die(in, STEP_TERMINAL, "open the slave");
    if (p->has_identity && fchown(slave, p->uid, (gid_t)-1) < 0)
        init_die(in, STEP_TERMINAL, "chown the slave");
    for (int i = 0; i < 3; i++) {
        close_fd(&in->args->stdio[i]);
        in->args->stdio[i] = i == 0 ? slave : fcntl(slave, F_DUPFD_CLOEXEC, 3);
    }
    return master;
}

static void announce_ready(struct init *in) {
    int fds[3];
    size_t count = 0;
    cleanup_fd int master = in->args->plan->terminal ? open_terminal(in) : -1;
    if (master >= 0)
        fds[count++] = master;
    if (in->root >= 0) {
        fds[count++] = in->mount_namespace;
        fds[count++] = in->root;
    }
    struct packet packet = {.kind = PACKET_READY};
    if (packet_send(in->args->channel, &packet, fds, count) < 0)
        _exit(125);
    close_fd(&in->mount_namespace);
    close_fd(&in->root);
}

static void wait_for_go(struct init *in) {
    struct packet packet;
    size_t count;
    if (packet_receive(in->args->channel, &packet, NULL, 0, &count, true) <= 0 || packet.kind != PACKET_GO)
        _exit(0);
}

static void harden_self(struct init *in) {
    if (!(in->args->plan->spaces & SPACE_DROP_PRIVILEGES))
        return;
    /* The last id of the slot is no job's, where there is more than one. Changing to it clears PDEATHSIG. */
    bool last = in->args->plan->spaces & SPACE_USER && ordinary_identities() != IDENTITIES_SINGLE;
    if (keep_few_rights(last ? IDS_PER_SLOT - 1 : geteuid(), in->proc >= 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
        init_die(in, STEP_CAPABILITIES, "init");
    if (in->own_pids && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
        init_die(in, STEP_SESSION, "PDEATHSIG");
}

/* A traced program cannot exec before its calls are answered. */
static ssize_t read_status(struct init *in, int status, void *to, size_t size) {
    if (!in->tracer.table)
        return read(status, to, size);
    ssize_t got = tracer_read(&in->tracer, status, to, size);
    if (got < 0)
        init_die(in, STEP_TRACE, "let a call go on");
    return got;
}

static void start_program(struct init *in) {
    int status[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, status) < 0)
        init_die(in, STEP_FORK, "socketpair");
    in->program = fork();
    if (in->program < 0)
        init_die(in, STEP_FORK, "fork");
    if (in->program == 0) {
        close(status[0]);
        program_start(in->args->plan, in->args->stdio, status[1]);
    }
    close(status[1]);
    harden_self(in);
    /* One that is gone shows in the read below; one that is there and not told would wait for ever. */
    if (send(status[0], "", 1, MSG_NOSIGNAL) < 0 && errno != EPIPE)
        init_die(in, STEP_FORK, "let the program go on");
    for (int i = 0; i < 3; i++)
        close_fd(&in->args->stdio[i]);
    struct program_status s = {0};
    ssize_t got;
    size_t have = 0;
    while ((got = read_status(in, status[0], (char *)&s + have, sizeof s - have)) > 0)
        have += (size_t)got;
    close(status[0]);
    if (got < 0)
        init_die(in, STEP_FORK, "hear from the program");
    if (have < sizeof s.start_ns) {
        errno = 0;
        init_die(in, STEP_FORK, "the program ended before its beginning");
    }
    in->report.start_ns = s.start_ns;
    in->report.exec_reached = have == sizeof s.start_ns;
    if (have > sizeof s.start_ns)
        init_failed(in, &s.failure);
}

/* From here the wall clock counts; the launcher started it a little early, at its go. */
static void announce_start(struct init *in) {
    const struct packet packet = {.kind = PACKET_STARTED, .value = in->report.start_ns};
    (void)packet_send(in->args->channel, &packet, NULL, 0); /* a launcher that is gone closes the channel, seen next */
}

static void answer_usage(struct init *in, uint32_t asked_for) {
    struct packet packet = {.kind = PACKET_USAGE, .flags = asked_for};
    if (in->proc >= 0)
        packet.look = look_at_all(in->proc, in->args->plan->limits[LIMIT_MEMORY_BYTES]);
    else
        packet.look.cpu_ns = tree_cpu_ns(in->program);
    (void)packet_send(in->args->channel, &packet, NULL, 0); /* a launcher that is gone closes the channel, seen next */
}

static void send_signal(struct init *in, int signo) {
    /* The whole group, as a terminal would; a program that left its group gets it alone. */
    if (kill(-in->program, signo) < 0)
        (void)kill(in->program, signo); /* already gone: nothing to signal */
}

static void serve_channel(struct init *in) {
    struct packet packet;
    size_t count;
    int got = packet_receive(in->args->channel, &packet, NULL, 0, &count, false);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0) {
        tree_kill_all(in->own_pids, in->children);
        _exit(0);
    }
    if (packet.kind == PACKET_SIGNAL)
        send_signal(in, (int)packet.flags);
    else if (packet.kind == PACKET_USAGE)
        answer_usage(in, packet.flags);
    else if (packet.kind == PACKET_KILL)
        tree_kill(in->own_pids, in->children); /* the program's end is then seen as any other */
}

/* True once the program itself has ended. */
static bool reap(struct init *in) {
    struct signalfd_siginfo info;
    int status;
    pid_t pid;
    (void)!read(in->signals, &info, sizeof info); /* only a wake-up; waitpid tells the truth */
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        if (pid == in->program) {
            in->report.exit_ns = now_ns();
            in->report.wait_status = status;
            return true;
        }
    if (pid < 0 && errno != ECHILD)
        init_die(in, STEP_INIT, "waitpid");
    return false;
}

static void wait_for_program(struct init *in) {
    struct pollfd fds[3] = {{.fd = in->signals, .events = POLLIN}, {.fd = in->args->channel, .events = POLLIN},
                            {.fd = in->tracer.listener, .events = POLLIN}};
    while (!reap(in)) {
        do {
            if (poll(fds, 3, -1) < 0 && errno != EINTR)
                init_die(in, STEP_INIT, "poll");
            if (fds[2].revents && tracer_serve(&in->tracer, fds[2].revents) < 0)
                init_die(in, STEP_TRACE, "let a call go on");
            fds[2].fd = in->tracer.listener;
        } while (fds[2].revents && !fds[0].revents && !fds[1].revents);
        if (fds[1].revents)
            serve_channel(in);
    }
}

static uint64_t timeval_ns(struct timeval t) {
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_usec * 1000u;
}

static void fill_usage(struct init *in) {
    struct rusage usage;
    struct statfs disk;
    struct exit_report *r = &in->report;
    if (getrusage(RUSAGE_CHILDREN, &usage) == 0) {
        r->usage_known = 1;
        r->user_ns = timeval_ns(usage.ru_utime);
        r->system_ns = timeval_ns(usage.ru_stime);
        r->max_rss_bytes = (uint64_t)usage.ru_maxrss * 1024u;
        r->voluntary_switches = (uint64_t)usage.ru_nvcsw;
        r->involuntary_switches = (uint64_t)usage.ru_nivcsw;
    }
    /* Everything writable is on one tmpfs, and `/` is on it too, directly or through its overlay. */
    if (in->args->plan->spaces & SPACE_MOUNT && statfs("/", &disk) == 0) {
        r->disk_known = 1;
        r->disk_used_bytes = (uint64_t)(disk.f_blocks - disk.f_bfree) * (uint64_t)disk.f_bsize;
        r->inodes_used = (uint64_t)(disk.f_files - disk.f_ffree);
    }
}

void init_main(struct init_args *args) {
    struct init in = {.args = args, .own_pids = args->plan->spaces & SPACE_PID, .signals = -1, .children = -1, .proc = -1,
                      .mount_namespace = -1, .root = -1, .tracer = {.listener = -1}};
    sigset_t child;
    set_up_process(&in);
    if (!in.own_pids && (in.children = tree_open_children()) < 0)
        init_die(&in, STEP_INIT, "/proc/self/task/…/children");
    build_root(&in);
    if (args->plan->trace.size && tracer_open(&in.tracer, args->plan, args->plan_file) < 0)
        init_die(&in, STEP_TRACE, "listen to the program's calls");
    announce_ready(&in);
    wait_for_go(&in);
    start_program(&in);
    announce_start(&in);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &child, NULL) < 0 || (in.signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK)) < 0)
        init_die(&in, STEP_INIT, "signalfd");
    wait_for_program(&in);
    tree_kill_all(in.own_pids, in.children);
    fill_usage(&in);
    struct packet packet = {.kind = PACKET_EXITED, .exited = in.report};
    _exit(packet_send(args->channel, &packet, NULL, 0) < 0 ? 125 : 0);
}
