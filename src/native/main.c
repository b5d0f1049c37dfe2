/* Twin: src/launcher. The launcher makes sandboxes and nothing else; what is in one is decided by TypeScript.
 *
 * Theory of operation. Node's main thread starts us with one socket, the control connection, as descriptor 3, configures
 * us, and may have us listen on a private path for its worker threads. Every client asks for runs; a run takes a slot
 * (slot.c), the slot's keeper (keeper.c) forks an init (init.c) in fresh namespaces, that builds the root (rootfs.c) and
 * starts the program (program.c). All clocks, deadlines, kills and counters are here (run*.c). When the control connection
 * closes, however Node died, everything is killed and removed; when we die, the kernel kills the keepers, they the inits. */
#include "launcher.h"
#include "unpack.h"

#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum { CONTROL = 3 };

struct settings settings;

int configure(struct reader *r, struct failure *f);
void shutdown_launcher(void);

static int id_lock = -1; /* open, and with it locked, while we are configured */

/* Each launcher on this host gets a block of host ids of its own, held by a lock on one byte of one file. */
static int take_id_block(const char *runtime_dir, struct failure *f) {
    enum { BLOCKS = 64, FIRST_ID = 0x70000000 }; /* above what systemd hands to containers and users */
    char path[PATH_MAX_BYTES + 16];
    snprintf(path, sizeof path, "%s/ids", runtime_dir);
    id_lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (id_lock < 0)
        return fail(f, STEP_IDENTITY, errno, "%s", path);
    for (int block = 0; block < BLOCKS; block++) {
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = block, .l_len = 1};
        if (fcntl(id_lock, F_OFD_SETLK, &lock) == 0) {
            settings.id_base = FIRST_ID + (uint32_t)block * SLOTS_MAX * IDS_PER_SLOT;
            return 0;
        }
    }
    return fail(f, STEP_IDENTITY, EUSERS, "%d launchers are running on this host already", BLOCKS);
}

static int take_ids(uint32_t ranges, struct failure *f) {
    switch (ordinary_identities()) {
    case IDENTITIES_HOST: return take_id_block(settings.runtime_dir, f);
    case IDENTITIES_NONE: return 0; /* such a launcher makes no sandbox that needs any */
    default: return ordinary_identify(ranges, f);
    }
}

static bool copy_path(char *to, const char *from) {
    size_t size = strlen(from);
    if (size >= PATH_MAX_BYTES || from[0] != '/')
        return false;
    memcpy(to, from, size + 1);
    return true;
}

static bool configure_one(uint32_t code, struct reader *r, uint32_t *ranges) {
    struct cgroup_config *c = &settings.cgroup;
    uint32_t mask;
    const char *text;
    switch (code) {
    case CONFIG_OP_RUNTIME_DIR:
        text = read_string(r);
        return !r->bad && copy_path(settings.runtime_dir, text);
    case CONFIG_OP_INSTANCE:
        text = read_string(r);
        if (r->bad || strncmp(text, "hotcell-", 8) != 0 || strchr(text, '/') || strlen(text) >= sizeof c->instance)
            return false;
        memcpy(c->instance, text, strlen(text) + 1);
        return true;
    case CONFIG_OP_RANGES:
        *ranges = read_u32(r);
        return !r->bad && *ranges <= SLOTS_MAX + 1;
    case CONFIG_OP_CGROUP1:
    case CONFIG_OP_CGROUP2:
        mask = read_u32(r);
        text = read_string(r);
        if (r->bad || mask == 0 || mask >= 1u << CONTROLLER_COUNT)
            return false;
        if (code == CONFIG_OP_CGROUP2) {
            c->v2_controllers = mask;
            return copy_path(c->v2_parent, text);
        }
        c->v1_controllers |= mask;
        for (unsigned i = 0; i < CONTROLLER_COUNT; i++)
            if (mask & 1u << i && !copy_path(c->v1_parent[i], text))
                return false;
        return true;
    default:
        return false;
    }
}

int configure(struct reader *r, struct failure *f) {
    if (settings.configured)
        return fail(f, STEP_CONFIGURE, EALREADY, "configured already");
    uint32_t ranges = 0;
    settings = (struct settings){0};
    while (!r->bad && r->at < r->end) {
        uint32_t code = read_u32(r);
        struct bytes b = read_bytes(r);
        struct reader op = {.at = b.data, .end = b.data ? b.data + b.size : NULL, .bad = r->bad};
        if (!configure_one(code, &op, &ranges) || !read_done(&op))
            return fail(f, STEP_CONFIGURE, EBADMSG, "bad option %u", code);
    }
    if (r->bad || !settings.runtime_dir[0] || !settings.cgroup.instance[0])
        return fail(f, STEP_CONFIGURE, EBADMSG, "runtime directory and instance are needed");
    if (take_ids(ranges, f) < 0 || cgroup_start(&settings.cgroup, f) < 0) {
        /* We may be configured again: nothing of this attempt may stay. */
        cgroup_stop(&settings.cgroup);
        close_fd(&id_lock);
        return -1;
    }
    settings.configured = true;
    return 0;
}

void shutdown_launcher(void) {
    slot_close_all();
    cgroup_stop(&settings.cgroup);
    ordinary_stop();
    loop_quit();
}

static uint64_t tick(void) {
    slots_assign();
    uint64_t now = now_ns();
    return earlier(run_tick(now), listen_tick(now));
}

static int prepare_self(void) {
    struct rlimit files;
    static const int ignored[] = {SIGPIPE, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    umask(0077);
    if (getrlimit(RLIMIT_NOFILE, &files) < 0)
        return -1;
    files.rlim_cur = files.rlim_max;
    /* No core is ever written, ours or a program's. 1 and not 0: with a pipe in core_pattern 0 would not stop it; core(5). */
    if (setrlimit(RLIMIT_NOFILE, &files) < 0 || setrlimit(RLIMIT_CORE, &(struct rlimit){1, 1}) < 0)
        return -1;
    return (int)syscall(SYS_close_range, CONTROL + 1, ~0u, 0);
}

static int refuse_to_start(const char *what) {
    fprintf(stderr, "hotcell-launcher: %s: %s\n", what, strerror(errno));
    return 125;
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "--probe") == 0)
        return probe_main(argv[2]);
    if ((argc == 3 || argc == 4) && strcmp(argv[1], "unpack") == 0)
        return unpack_main(argv[2], argv[3]);
    if (argc != 1) {
        fprintf(stderr, "hotcell-launcher: started by hotcell, not by hand (or: --probe DIR)\n");
        return 2;
    }
    if (prepare_self() < 0)
        return refuse_to_start("prepare");
    if (fcntl(CONTROL, F_SETFL, O_NONBLOCK) < 0 || fcntl(CONTROL, F_SETFD, FD_CLOEXEC) < 0)
        return refuse_to_start("descriptor 3 is not the control connection");
    if (loop_start() < 0 || connection_open(CONTROL, true) < 0)
        return refuse_to_start("event loop");
    loop_run(tick);
    return 0;
}
