/* Removes an entry with everything in it. Trees may be deeper than there are descriptors or stack: what lies too deep is
 * moved up and removed from there. Nobody else puts anything into the tree
 * meanwhile; others may be removing it as well. Symlinks are removed, never followed. */
#include "unpack.h"

#include <dirent.h>

enum { DEPTH_MAX = 64 };

struct removal {
    int top;
    uint32_t moved;      /* gives the next name to move to */
    bool progress;
};

/* Over an empty directory it may be moved, which is one less; another name is taken where something else is. */
static int move_up(struct removal *r, int from, const char *name) {
    char to[32];
    do {
        snprintf(to, sizeof to, "hotcell-moved-%u", r->moved);
        if (renameat(from, name, r->top, to) == 0) {
            r->progress = true;
            return 0;
        }
    } while ((errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR) && ++r->moved != 0);
    return -1;
}

static int empty(struct removal *r, int *directory, int depth);

static int remove_full(struct removal *r, int parent, const char *name, int depth) {
    if (depth == DEPTH_MAX)
        return move_up(r, parent, name);
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? 0 : -1;
    if (empty(r, &fd, depth + 1) < 0)
        return -1;
    /* Not empty: what was moved up is still to come, or the kernel passed over something while we removed its neighbour. */
    return unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOTEMPTY || errno == ENOENT ? 0 : -1;
}

static int remove_one(struct removal *r, int parent, const char *name, int depth) {
    if (unlinkat(parent, name, 0) == 0 || (errno == EISDIR && unlinkat(parent, name, AT_REMOVEDIR) == 0) || errno == ENOENT) {
        r->progress = true;
        return 0;
    }
    return errno == ENOTEMPTY ? remove_full(r, parent, name, depth) : -1;
}

/* Takes the descriptor. */
static int empty(struct removal *r, int *directory, int depth) {
    DIR *list = fdopendir(*directory);
    int result = 0;
    if (!list) {
        close_fd(directory);
        return -1;
    }
    for (struct dirent *entry; result == 0 && (errno = 0, entry = readdir(list));) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            result = remove_one(r, *directory, entry->d_name, depth);
    }
    int saved = errno;
    closedir(list);
    errno = saved;
    return result < 0 || saved != 0 ? -1 : 0;
}

static int remove_tree(int parent, const char *leaf) {
    struct removal r = {.progress = true};
    while (r.progress) {
        r.progress = false;
        cleanup_fd int top = openat(parent, leaf, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (top < 0 && errno == ENOENT)
            return 0;
        int list = top < 0 ? -1 : fcntl(top, F_DUPFD_CLOEXEC, 0);
        r.top = top;
        if (list < 0 || empty(&r, &list, 0) < 0)
            return -1;
        if (unlinkat(parent, leaf, AT_REMOVEDIR) == 0 || errno == ENOENT)
            return 0;
        if (errno != ENOTEMPTY)
            return -1;
    }
    return -1;
}

int tree_remove_entry(int parent, const char *leaf) {
    if (unlinkat(parent, leaf, 0) == 0 || errno == ENOENT)
        return 0;
    return errno == EISDIR ? remove_tree(parent, leaf) : -1;
}
