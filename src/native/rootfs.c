/* The order of operations is the plan's. Two rules hold for all of them: targets are opened beneath the root without
 * following a symlink (an image may be hostile, attacks A5), and what is mounted is a descriptor, never a path of the host. */
#include "rootfs.h"

#include "beneath.h"
#include "mounts.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

struct build {
    const struct plan *plan;
    const int *sources;
    int root;          /* O_PATH of the root being built */
    unsigned layers;   /* numbers of scratch directories and lower mounts used so far */
    struct failure *f;
};

static int make_stage_entries(struct failure *f) {
    static const char *const directories[] = {"s", "r", "l", "proc", "empty"};
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
        if (mkdir(directories[i], 0755) < 0)
            return fail(f, STEP_STAGE, errno, "mkdir %s", directories[i]);
    cleanup_fd int blank = open("blank", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    if (blank < 0)
        return fail(f, STEP_STAGE, errno, "create blank");
    if (mount_bind_at("/proc", "proc", true) < 0)
        return fail(f, STEP_STAGE, errno, "bind /proc");
    return 0;
}

int stage_prepare(const char *path, bool pivot, struct failure *f) {
    if (mount_private_tree() < 0)
        return fail(f, STEP_STAGE, errno, "make mounts private");
    if (mount_tmpfs_at(path, "mode=0755,size=256k,nr_inodes=4096") < 0)
        return fail(f, STEP_STAGE, errno, "mount tmpfs at %s", path);
    if (chdir(path) < 0)
        return fail(f, STEP_STAGE, errno, "chdir %s", path);
    if (make_stage_entries(f) < 0)
        return -1;
    if (!pivot)
        return 0;
    if (mount_pivot_here() < 0 || chdir("/") < 0)
        return fail(f, STEP_STAGE, errno, "pivot_root");
    return 0;
}

static int reopen_root(struct build *b) {
    close_fd(&b->root);
    b->root = open("r", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return b->root < 0 ? fail(b->f, STEP_ROOT, errno, "open the root") : 0;
}

static int do_root(struct build *b, const struct operation *o) {
    char options[128];
    snprintf(options, sizeof options, "mode=0755,size=%llu,nr_inodes=%llu", (unsigned long long)o->size,
             (unsigned long long)o->inodes);
    if (mount_tmpfs_at("s", options) < 0)
        return fail(b->f, STEP_ROOT, errno, "mount tmpfs (%s)", options);
    if (mkdir("s/root", 0755) < 0 || mount_bind_at("s/root", "r", false) < 0)
        return fail(b->f, STEP_ROOT, errno, "bind the root");
    return reopen_root(b);
}

/* Puts a layer where an overlay can name it. */
static int attach_layer(struct build *b, uint32_t source, char *path, size_t size, struct stat *st) {
    snprintf(path, size, "l/%u", b->layers++);
    if (mkdir(path, 0755) < 0 && errno != EEXIST)
        return -1;
    return mount_attach_path(b->sources[source], path) < 0 || stat(path, st) < 0 ? -1 : 0;
}

/* The top directory of an overlay shows the owner and mode of its upper one: those of the uppermost layer's. */
static int make_upper(struct build *b, const struct stat *st, char upper[32], char work[32]) {
    snprintf(upper, 32, "s/upper%u", b->layers);
    snprintf(work, 32, "s/work%u", b->layers);
    if (mkdir(work, 0700) < 0 || mkdir(upper, 0700) < 0)
        return -1;
    /* An owner that has no id in here cannot be given. */
    if (chown(upper, st->st_uid, st->st_gid) < 0 && errno != EINVAL && errno != EPERM)
        return -1;
    return chmod(upper, st->st_mode & 07777);
}

/* Changes go to the scratch tmpfs. Gives a detached mount. */
static int new_overlay(struct build *b, const char *lower, const struct stat *st) {
    char upper[32], work[32];
    if (make_upper(b, st, upper, work) < 0)
        return -1;
    const struct mount_option options[] = {
        {"lowerdir", lower}, {"upperdir", upper}, {"workdir", work}, {"userxattr", NULL}, {"volatile", NULL}};
    return mount_new("overlay", options, sizeof options / sizeof *options, false);
}

/* fsconfig(2) takes values of 255 bytes, which many layers exceed; mount(2) takes a page for all options. */
static int mount_many_layers(struct build *b, const char *lower, const struct stat *st) {
    char upper[32], work[32], options[LAYERS_MAX * 6 + 128];
    if (make_upper(b, st, upper, work) < 0)
        return -1;
    snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s,workdir=%s,userxattr,volatile", lower, upper, work);
    return mount_overlay_at("r", options);
}

static int attach_layers(struct build *b, const struct operation *o, char *lower, size_t room, struct stat *top) {
    char *at = lower + room - 1;
    *at = '\0';
    for (uint32_t i = 0; i < o->content.size / 4; i++) {
        char path[16];
        if (attach_layer(b, plan_layer(o, i), path, sizeof path, top) < 0)
            return -1;
        size_t size = strlen(path);
        if ((size_t)(at - lower) < size + 1) { /* numbers grow with every overlay of the plan */
            errno = ENAMETOOLONG;
            return -1;
        }
        if (i > 0)
            *--at = ':';
        memcpy(at -= size, path, size); /* the uppermost comes first */
    }
    memmove(lower, at, strlen(at) + 1);
    return 0;
}

static int do_overlay_root(struct build *b, const struct operation *o) {
    char lower[LAYERS_MAX * 6 + 1]; /* "l/499:" each */
    struct stat top;
    if (attach_layers(b, o, lower, sizeof lower, &top) < 0)
        return fail(b->f, STEP_OVERLAY, errno, "root");
    if (strlen(lower) > 255) {
        if (mount_many_layers(b, lower, &top) < 0)
            return fail(b->f, STEP_OVERLAY, errno, "root of %u layers", o->content.size / 4);
        return reopen_root(b);
    }
    cleanup_fd int overlay = new_overlay(b, lower, &top);
    if (overlay < 0 || mount_attach_path(overlay, "r") < 0)
        return fail(b->f, STEP_OVERLAY, errno, "root");
    return reopen_root(b);
}

static int do_directory(struct build *b, const struct operation *o) {
    const struct owner owner = {o->mode, o->uid, o->gid};
    cleanup_fd int fd = beneath_directory(b->root, o->path, &owner);
    return fd < 0 ? fail(b->f, STEP_DIRECTORY, errno, "%s", o->path) : 0;
}

static int do_ensure(struct build *b, const struct operation *o) {
    const struct owner owner = {o->mode, o->uid, o->gid};
    return beneath_ensure(b->root, o->path, &owner) < 0 ? fail(b->f, STEP_DIRECTORY, errno, "%s", o->path) : 0;
}

static int do_file(struct build *b, const struct operation *o) {
    const struct owner owner = {o->mode, o->uid, o->gid};
    cleanup_fd int fd = beneath_file(b->root, o->path, &owner);
    if (fd < 0 || write_all(fd, o->content.data, o->content.size) < 0 || beneath_finish_file(fd, &owner) < 0)
        return fail(b->f, STEP_FILE, errno, "%s", o->path);
    return 0;
}

/* A file of ours, unless the image has a directory there or a link on the way: that is then the image's own business. */
static int do_offer(struct build *b, const struct operation *o) {
    if (do_file(b, o) == 0)
        return 0;
    return beneath_is_taken((int)b->f->error) ? 0 : -1;
}

static int do_copy(struct build *b, const struct operation *o) {
    const struct owner owner = {o->mode, o->uid, o->gid};
    cleanup_fd int fd = beneath_file(b->root, o->path, &owner);
    if (fd < 0 || copy_all(b->sources[o->source], fd) < 0 || beneath_finish_file(fd, &owner) < 0)
        return fail(b->f, STEP_COPY, errno, "%s", o->path);
    return 0;
}

static int do_symlink(struct build *b, const struct operation *o) {
    if (beneath_symlink(b->root, o->target, o->path) < 0)
        return fail(b->f, STEP_SYMLINK, errno, "%s", o->path);
    return 0;
}

static int attach_beneath(struct build *b, int mount, bool directory, const char *path, uint32_t step) {
    cleanup_fd int target = beneath_target(b->root, path, directory);
    if (target < 0 || mount_attach(mount, target) < 0)
        return fail(b->f, step, errno, "%s%s", path, errno == ELOOP ? " (a symlink is in the way)" : "");
    return 0;
}

static int do_bind(struct build *b, const struct operation *o) {
    struct stat st;
    int mount = b->sources[o->source];
    if (fstat(mount, &st) < 0)
        return fail(b->f, STEP_BIND, errno, "%s", o->path);
    return attach_beneath(b, mount, S_ISDIR(st.st_mode), o->path, STEP_BIND);
}

static int do_overlay(struct build *b, const struct operation *o) {
    char lower[16];
    struct stat st;
    if (attach_layer(b, o->source, lower, sizeof lower, &st) < 0)
        return fail(b->f, STEP_OVERLAY, errno, "%s", o->path);
    cleanup_fd int overlay = new_overlay(b, lower, &st);
    if (overlay < 0)
        return fail(b->f, STEP_OVERLAY, errno, "%s", o->path);
    return attach_beneath(b, overlay, true, o->path, STEP_OVERLAY);
}

static int attach_new(struct build *b, const char *type, const struct mount_option *options, size_t count, bool no_exec,
                      const char *path, uint32_t step) {
    cleanup_fd int mount = mount_new(type, options, count, no_exec);
    if (mount < 0)
        return fail(b->f, step, errno, "mount %s at %s", type, path);
    return attach_beneath(b, mount, true, path, step);
}

static int do_tmpfs(struct build *b, const struct operation *o) {
    char size[32], inodes[32], mode[16], uid[16], gid[16];
    snprintf(size, sizeof size, "%llu", (unsigned long long)o->size);
    snprintf(inodes, sizeof inodes, "%llu", (unsigned long long)o->inodes);
    snprintf(mode, sizeof mode, "%o", o->mode);
    snprintf(uid, sizeof uid, "%u", o->uid);
    snprintf(gid, sizeof gid, "%u", o->gid);
    const struct mount_option options[] = {
        {"size", size}, {"nr_inodes", inodes}, {"mode", mode}, {"uid", uid}, {"gid", gid}};
    return attach_new(b, "tmpfs", options, sizeof options / sizeof *options, false, o->path, STEP_TMPFS);
}

static int do_devpts(struct build *b, const struct operation *o) {
    /* All instances share the host's kernel.pty.max, 4096 less a reserve: all slots together stay below it. */
    char gid[16];
    snprintf(gid, sizeof gid, "%u", o->gid);
    const struct mount_option options[] = {
        {"newinstance", NULL}, {"ptmxmode", "0666"}, {"mode", "0620"}, {"gid", gid}, {"max", "32"}};
    return attach_new(b, "devpts", options, sizeof options / sizeof *options, true, o->path, STEP_DEVPTS);
}

/* The node is checked through the descriptor that is mounted: an image or a host may have anything named `null` (A6). */
static int do_device(struct build *b, const struct operation *o) {
    struct stat st;
    int mount = b->sources[o->source];
    if (fstat(mount, &st) < 0)
        return fail(b->f, STEP_DEVICE, errno, "%s", o->path);
    if (!S_ISCHR(st.st_mode) || major(st.st_rdev) != o->major || minor(st.st_rdev) != o->minor)
        return fail(b->f, STEP_DEVICE, ENODEV, "%s is not device %u:%u on the host", o->path, o->major, o->minor);
    return attach_beneath(b, mount, false, o->path, STEP_DEVICE);
}

static int do_mask(struct build *b, const struct operation *o) {
    struct stat st;
    cleanup_fd int target = sys_open_beneath(b->root, o->path, O_PATH);
    if (target < 0 && errno == ENOENT)
        return 0; /* this kernel has no such file */
    if (target < 0 || fstat(target, &st) < 0)
        return fail(b->f, STEP_MASK, errno, "%s", o->path);
    cleanup_fd int cover = mount_clone(AT_FDCWD, S_ISDIR(st.st_mode) ? "empty" : "blank", false);
    const struct mount_change change = {.read_only = true, .no_exec = true, .no_devices = true, .idmap_user_namespace = -1};
    if (cover < 0 || mount_restrict(cover, &change) < 0 || mount_attach(cover, target) < 0)
        return fail(b->f, STEP_MASK, errno, "%s", o->path);
    return 0;
}

static int do_readonly(struct build *b, const struct operation *o) {
    const struct mount_change change = {.read_only = true, .idmap_user_namespace = -1};
    if (strcmp(o->path, "/") == 0)
        return mount_restrict(b->root, &change) < 0 ? fail(b->f, STEP_READONLY, errno, "/") : 0;
    cleanup_fd int target = sys_open_beneath(b->root, o->path, O_PATH);
    if (target < 0 && errno == ENOENT)
        return 0;
    cleanup_fd int copy = target < 0 ? -1 : mount_clone(target, "", true);
    if (copy < 0 || mount_restrict(copy, &change) < 0 || mount_attach(copy, target) < 0)
        return fail(b->f, STEP_READONLY, errno, "%s", o->path);
    return 0;
}

/* A directory of its own on the scratch tmpfs: stays writable when the root is made read-only. */
static int do_scratch(struct build *b, const struct operation *o) {
    char name[32];
    snprintf(name, sizeof name, "s/scratch%u", b->layers++);
    if (mkdir(name, 0700) < 0 || chown(name, o->uid, o->gid) < 0 || chmod(name, o->mode) < 0)
        return fail(b->f, STEP_DIRECTORY, errno, "%s", o->path);
    cleanup_fd int mount = mount_clone(AT_FDCWD, name, false);
    if (mount < 0)
        return fail(b->f, STEP_DIRECTORY, errno, "%s", o->path);
    return attach_beneath(b, mount, true, o->path, STEP_DIRECTORY);
}

static int do_enter(struct build *b) {
    if (fchdir(b->root) < 0)
        return fail(b->f, STEP_ENTER, errno, "fchdir");
    int entered = b->plan->spaces & SPACE_PID ? mount_pivot_here() : chroot(".");
    if (entered < 0 || chdir("/") < 0)
        return fail(b->f, STEP_ENTER, errno, "%s", b->plan->spaces & SPACE_PID ? "pivot_root" : "chroot");
    return 0;
}

static int do_proc(struct build *b, const struct operation *o) {
    cleanup_fd int proc = mount_new("proc", NULL, 0, true);
    if (proc < 0)
        return fail(b->f, STEP_PROC, errno, "%s", o->path);
    return attach_beneath(b, proc, true, o->path, STEP_DIRECTORY); /* an image may have something else there */
}

static int do_operation(struct build *b, const struct operation *o) {
    switch (o->code) {
    case OP_ROOT: return do_root(b, o);
    case OP_ENSURE: return do_ensure(b, o);
    case OP_OVERLAY_ROOT: return do_overlay_root(b, o);
    case OP_DIRECTORY: return do_directory(b, o);
    case OP_FILE: return do_file(b, o);
    case OP_OFFER: return do_offer(b, o);
    case OP_COPY: return do_copy(b, o);
    case OP_SYMLINK: return do_symlink(b, o);
    case OP_BIND: return do_bind(b, o);
    case OP_OVERLAY: return do_overlay(b, o);
    case OP_TMPFS: return do_tmpfs(b, o);
    case OP_PROC: return do_proc(b, o);
    case OP_DEVICE: return do_device(b, o);
    case OP_DEVPTS: return do_devpts(b, o);
    case OP_MASK: return do_mask(b, o);
    case OP_READONLY: return do_readonly(b, o);
    case OP_SCRATCH: return do_scratch(b, o);
    case OP_ENTER: return do_enter(b);
    default: return fail(b->f, STEP_PROTOCOL, EBADMSG, "operation %u", o->code);
    }
}

int rootfs_build(const struct plan *p, const int *sources, struct failure *f) {
    struct build b = {.plan = p, .sources = sources, .root = -1, .f = f};
    int result = 0;
    for (uint32_t i = 0; result == 0 && i < p->operation_count; i++)
        result = do_operation(&b, &p->operations[i]);
    close_fd(&b.root);
    return result;
}
