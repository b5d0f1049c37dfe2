/* Finds and makes the directories that entries lie in. A layer may have symlinks on the way to them, also to "/" and "..":
 * they mean what they would mean to a program whose root is the tree. */
#include "unpack.h"

#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

int tree_fail(struct tree *t, uint32_t step) {
    t->step = step;
    return -1;
}

bool tree_is_whiteout(const struct stat *st) {
    return S_ISCHR(st->st_mode) && st->st_rdev == makedev(0, 0);
}

int tree_mark_opaque(int directory) {
    return fsetxattr(directory, "user.overlay.opaque", "y", 1, 0);
}

/* The kernel says EAGAIN when something on the host was renamed or mounted while it looked at a "..". */
static int open_in_root(const struct tree *t, const char *path) {
    const struct open_how how = {
        .flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
    };
    int fd = -1;
    for (int attempt = 0; attempt < 1000; attempt++) {
        fd = (int)syscall(SYS_openat2, t->root, *path ? path : ".", &how, sizeof how);
        if (fd >= 0 || errno != EAGAIN)
            break;
    }
    return fd;
}

int tree_make_directory(int parent, const char *leaf, uint32_t mode) {
    if (mkdirat(parent, leaf, mode & 01777) < 0)
        return -1;
    return openat(parent, leaf, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* One that no entry speaks of: 0755 and root's, also in a directory that gives its group to what is made in it. */
int tree_make_implied(struct tree *t, int parent, const char *name) {
    struct stat st;
    if (++t->parents_made > TREE_PARENTS_MAX) {
        errno = E2BIG;
        return -1;
    }
    int fd = tree_make_directory(parent, name, 0755);
    if (fd < 0 || (fstat(fd, &st) == 0 && (st.st_mode & 07777) == 0755 && st.st_uid == 0 && st.st_gid == 0))
        return fd;
    if (fchown(fd, 0, 0) < 0 || fchmod(fd, 0755) < 0)
        close_fd(&fd);
    return fd;
}

/* Something that is no directory is where one has to be: a symlink to one, or what lower layers have was deleted. */
static int enter_other(struct tree *t, int at, const char *name, const char *so_far) {
    struct stat st;
    if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return -1;
    if (S_ISLNK(st.st_mode))
        return open_in_root(t, so_far);
    if (!tree_is_whiteout(&st)) {
        errno = ENOTDIR;
        return -1;
    }
    int fd = unlinkat(at, name, 0) < 0 ? -1 : tree_make_implied(t, at, name);
    if (fd >= 0 && tree_mark_opaque(fd) < 0)
        close_fd(&fd);
    return fd;
}

static int enter(struct tree *t, int at, const char *name, const char *so_far) {
    int fd = openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0)
        return fd;
    if (errno == ENOENT)
        return tree_make_implied(t, at, name);
    return errno == ENOTDIR ? enter_other(t, at, name, so_far) : -1;
}

/* `path` is cut at each slash in turn. */
static int make_parents(struct tree *t, char *path) {
    int at = open_in_root(t, "");
    for (char *name = path; at >= 0 && *name;) {
        size_t size = strcspn(name, "/");
        char cut = name[size];
        name[size] = '\0';
        int next = enter(t, at, name, path);
        name[size] = cut;
        close_fd(&at);
        at = next;
        name += size + (cut != '\0');
    }
    return at;
}

/* The directory's part of a path: nothing when the entry lies in the tree's own. */
static const char *split(const struct text *path, struct text *directory) {
    const char *slash = memrchr(path->bytes, '/', path->size);
    directory->size = slash ? (size_t)(slash - path->bytes) : 0;
    memcpy(directory->bytes, path->bytes, directory->size);
    directory->bytes[directory->size] = '\0';
    return slash ? slash + 1 : path->bytes;
}

void tree_forget_parent(struct tree *t) {
    t->parent_known = false;
}

void tree_remember_parent(struct tree *t, const struct text *path, int fd) {
    close_fd(&t->parent);
    t->parent = fd;
    t->parent_known = true;
    t->parent_path.size = path->size;
    memcpy(t->parent_path.bytes, path->bytes, path->size);
}

static bool is_remembered(const struct tree *t, const struct text *directory) {
    return t->parent_known && t->parent_path.size == directory->size &&
           memcmp(t->parent_path.bytes, directory->bytes, directory->size) == 0;
}

int tree_parent(struct tree *t, const struct text *path, const char **leaf) {
    struct text directory;
    *leaf = split(path, &directory);
    if (is_remembered(t, &directory))
        return t->parent;
    int fd = open_in_root(t, directory.bytes);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        fd = make_parents(t, directory.bytes);
    if (fd < 0)
        return tree_fail(t, TREE_STEP_PARENT);
    tree_remember_parent(t, &directory, fd);
    return fd;
}

int tree_find_parent(const struct tree *t, const struct text *path, const char **leaf) {
    struct text directory;
    *leaf = split(path, &directory);
    return open_in_root(t, directory.bytes);
}
