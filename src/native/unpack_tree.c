/* One function per operation. All of them replace what is there, unless ops.json says otherwise, and set owner and mode
 * before times: each change of the former changes the latter, and a change of the owner clears setuid. */
#include "unpack.h"

#include <sys/xattr.h>

struct place {
    int parent;
    const char *leaf;
};

static int find_place(struct tree *t, const struct tree_op *op, struct place *p) {
    p->parent = tree_parent(t, &op->path, &p->leaf);
    return p->parent < 0 ? -1 : 0;
}

/* What paths through it meant before may now be something else. */
static int make_way(struct tree *t, const struct place *p) {
    tree_forget_parent(t);
    return tree_remove_entry(p->parent, p->leaf) < 0 ? tree_fail(t, TREE_STEP_REPLACE) : 0;
}

/* Makes an entry where there is none: 0 or more, or -1 with EEXIST. */
typedef int (*maker)(const struct place *p, const struct tree_op *op);

static int make(struct tree *t, const struct tree_op *op, const struct place *p, maker how) {
    int made = how(p, op);
    if (made < 0 && errno == EEXIST) {
        if (make_way(t, p) < 0)
            return -1;
        made = how(p, op);
    }
    return made < 0 ? tree_fail(t, TREE_STEP_CREATE) : made;
}

static int make_file(const struct place *p, const struct tree_op *op) {
    return openat(p->parent, p->leaf, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, op->mode & 0777);
}

static int make_symlink(const struct place *p, const struct tree_op *op) {
    return symlinkat(op->target.bytes, p->parent, p->leaf);
}

static int make_fifo(const struct place *p, const struct tree_op *op) {
    return mknodat(p->parent, p->leaf, S_IFIFO | (op->mode & 0777), 0);
}

static int set_times(const struct place *p, const struct timespec *mtime) {
    const struct timespec times[2] = {*mtime, *mtime};
    return utimensat(p->parent, p->leaf, times, AT_SYMLINK_NOFOLLOW);
}

/* For what can be opened. An owner that is right is not set again, which would be a write to the disk for each entry. */
static int set_attributes(struct tree *t, const struct tree_op *op, int fd) {
    struct stat st;
    const struct timespec times[2] = {op->mtime, op->mtime};
    if (fstat(fd, &st) < 0)
        return tree_fail(t, TREE_STEP_OWNER);
    if ((st.st_uid != op->uid || st.st_gid != op->gid) && fchown(fd, op->uid, op->gid) < 0)
        return tree_fail(t, TREE_STEP_OWNER);
    if (((st.st_mode & 07777) != op->mode || op->mode & 06000) && fchmod(fd, op->mode) < 0)
        return tree_fail(t, TREE_STEP_MODE);
    return futimens(fd, times) < 0 ? tree_fail(t, TREE_STEP_TIMES) : 0;
}

/* For what can not. */
static int set_owner_and_times(struct tree *t, const struct tree_op *op, const struct place *p) {
    if (fchownat(p->parent, p->leaf, op->uid, op->gid, AT_SYMLINK_NOFOLLOW) < 0)
        return tree_fail(t, TREE_STEP_OWNER);
    return set_times(p, &op->mtime) < 0 ? tree_fail(t, TREE_STEP_TIMES) : 0;
}

static int make_opaque(const struct place *p, uint32_t mode) {
    int fd = tree_make_directory(p->parent, p->leaf, mode);
    if (fd >= 0 && tree_mark_opaque(fd) < 0)
        close_fd(&fd);
    return fd;
}

static int open_directory(const struct place *p) {
    return openat(p->parent, p->leaf, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* A directory where something else is. Over a whiteout it shows nothing of what lower layers have there. */
static int replace_by_directory(struct tree *t, const struct place *p, const struct stat *there, uint32_t mode) {
    if (make_way(t, p) < 0)
        return -1;
    int fd = tree_is_whiteout(there) ? make_opaque(p, mode) : tree_make_directory(p->parent, p->leaf, mode);
    return fd < 0 ? tree_fail(t, TREE_STEP_CREATE) : fd;
}

static int new_or_old_directory(struct tree *t, const struct place *p, uint32_t mode) {
    struct stat st;
    int fd = tree_make_directory(p->parent, p->leaf, mode);
    if (fd >= 0)
        return fd;
    if (errno != EEXIST || fstatat(p->parent, p->leaf, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return tree_fail(t, TREE_STEP_CREATE);
    if (!S_ISDIR(st.st_mode))
        return replace_by_directory(t, p, &st, mode);
    fd = open_directory(p);
    return fd < 0 ? tree_fail(t, TREE_STEP_CREATE) : fd;
}

int tree_directory(struct tree *t, const struct tree_op *op) {
    struct place p;
    if (op->path.size == 0)
        return set_attributes(t, op, t->root);
    int fd = find_place(t, op, &p) < 0 ? -1 : new_or_old_directory(t, &p, op->mode);
    if (fd < 0)
        return -1;
    int result = set_attributes(t, op, fd);
    tree_remember_parent(t, &op->path, fd); /* its entries are likely to come next */
    return result;
}

int tree_file(struct tree *t, const struct tree_op *op) {
    struct place p;
    return find_place(t, op, &p) < 0 ? -1 : make(t, op, &p, make_file);
}

int tree_finish_file(struct tree *t, const struct tree_op *op, int *fd) {
    int result = set_attributes(t, op, *fd);
    int closed = close(*fd);
    *fd = -1;
    return result == 0 && closed < 0 ? tree_fail(t, TREE_STEP_WRITE) : result;
}

static int make_unopened(struct tree *t, const struct tree_op *op, maker how) {
    struct place p;
    if (find_place(t, op, &p) < 0 || make(t, op, &p, how) < 0)
        return -1;
    return set_owner_and_times(t, op, &p);
}

int tree_symlink(struct tree *t, const struct tree_op *op) {
    return make_unopened(t, op, make_symlink);
}

int tree_fifo(struct tree *t, const struct tree_op *op) {
    return make_unopened(t, op, make_fifo);
}

/* What a whiteout hides is not there to be linked to. */
static int check_target(const struct place *target, struct stat *st) {
    if (target->parent < 0 || fstatat(target->parent, target->leaf, st, AT_SYMLINK_NOFOLLOW) < 0)
        return -1;
    if (!S_ISDIR(st->st_mode) && !tree_is_whiteout(st))
        return 0;
    errno = S_ISDIR(st->st_mode) ? EPERM : ENOENT;
    return -1;
}

static int link_to(struct tree *t, const struct tree_op *op, const struct place *target, const struct stat *wanted) {
    struct place p;
    struct stat st;
    if (find_place(t, op, &p) < 0)
        return -1;
    int linked = linkat(target->parent, target->leaf, p.parent, p.leaf, 0);
    if (linked < 0 && errno == EEXIST) {
        if (fstatat(p.parent, p.leaf, &st, AT_SYMLINK_NOFOLLOW) < 0)
            return tree_fail(t, TREE_STEP_LINK);
        if (st.st_ino == wanted->st_ino) /* RESOLVE_NO_XDEV: one file system */
            return 0;
        if (make_way(t, &p) < 0)
            return -1;
        linked = linkat(target->parent, target->leaf, p.parent, p.leaf, 0);
    }
    return linked < 0 ? tree_fail(t, TREE_STEP_LINK) : 0;
}

/* A symlink is linked to as itself. */
int tree_hardlink(struct tree *t, const struct tree_op *op) {
    struct place target;
    struct stat st;
    cleanup_fd int parent = tree_find_parent(t, &op->target, &target.leaf);
    target.parent = parent;
    return check_target(&target, &st) < 0 ? tree_fail(t, TREE_STEP_TARGET) : link_to(t, op, &target, &st);
}

static int mark(struct tree *t, int fd) {
    return fd < 0 || tree_mark_opaque(fd) < 0 ? tree_fail(t, TREE_STEP_XATTR) : 0;
}

/* Whiteouts speak of lower layers only: what this one has there stays, whichever came first. */
int tree_whiteout(struct tree *t, const struct tree_op *op) {
    struct place p;
    struct stat st;
    if (find_place(t, op, &p) < 0)
        return -1;
    if (mknodat(p.parent, p.leaf, S_IFCHR | 0600, 0) == 0)
        return 0;
    if (errno != EEXIST || fstatat(p.parent, p.leaf, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return tree_fail(t, TREE_STEP_CREATE);
    if (!S_ISDIR(st.st_mode))
        return 0;
    cleanup_fd int fd = open_directory(&p);
    return mark(t, fd);
}

/* Of a directory that has no entry of its own here it makes one, as for the parent of an entry. */
int tree_opaque(struct tree *t, const struct tree_op *op) {
    struct place p;
    struct stat st;
    if (op->path.size == 0)
        return mark(t, t->root);
    if (find_place(t, op, &p) < 0)
        return -1;
    cleanup_fd int made = tree_make_implied(t, p.parent, p.leaf);
    if (made >= 0)
        return mark(t, made);
    if (errno != EEXIST || fstatat(p.parent, p.leaf, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return tree_fail(t, TREE_STEP_CREATE);
    cleanup_fd int fd = tree_is_whiteout(&st) ? replace_by_directory(t, &p, &st, 0755) : open_directory(&p);
    return mark(t, fd);
}

/* An entry that is there, if it is of a kind that can be opened without an effect; -1 with ENODATA if it is another. */
static int open_entry(struct tree *t, const struct text *path) {
    struct place p;
    struct stat st;
    if (path->size == 0)
        return fcntl(t->root, F_DUPFD_CLOEXEC, 0);
    cleanup_fd int parent = tree_find_parent(t, path, &p.leaf);
    if (parent < 0 || fstatat(parent, p.leaf, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return -1;
    errno = ENODATA;
    return S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) ? openat(parent, p.leaf, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
}

int tree_xattr(struct tree *t, const struct tree_op *op) {
    cleanup_fd int fd = open_entry(t, &op->path);
    if (fd < 0 || fsetxattr(fd, op->name, op->value.data, op->value.size, 0) < 0)
        return tree_fail(t, TREE_STEP_XATTR);
    return 0;
}

int tree_times(struct tree *t, const struct tree_op *op) {
    struct stat st;
    const struct timespec times[2] = {op->mtime, op->mtime};
    cleanup_fd int fd = open_entry(t, &op->path);
    if (fd < 0) /* it was replaced since */
        return errno == ENOENT || errno == ENOTDIR || errno == ENODATA ? 0 : tree_fail(t, TREE_STEP_TIMES);
    if (fstat(fd, &st) < 0 || (S_ISDIR(st.st_mode) && futimens(fd, times) < 0))
        return tree_fail(t, TREE_STEP_TIMES);
    return 0;
}

int tree_remove(struct tree *t, const struct tree_op *op) {
    const char *leaf;
    tree_forget_parent(t);
    cleanup_fd int parent = tree_find_parent(t, &op->path, &leaf);
    if (parent < 0 && errno == ENOENT)
        return 0;
    return parent < 0 || tree_remove_entry(parent, leaf) < 0 ? tree_fail(t, TREE_STEP_REMOVE) : 0;
}
