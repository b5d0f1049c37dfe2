/* The tree writer: reads operations (src/image/tree/ops.json) and does them beneath one directory.
 *
 * Theory of operation. It trusts nobody: whoever tells it what to do has read a stranger's archive. So it runs in a sandbox
 * whose only writable place is that directory (src/sandbox/unpack-plan.ts); and were it outside, it would still stay
 * beneath it, for every directory is found with RESOLVE_IN_ROOT, and a last component is never followed. It ends at the
 * first thing that goes wrong, with an answer that says what, and leaves what it wrote to its caller, who removes it. */
#pragma once
#include "unpack_table.h"
#include "wire.h"

#include <sys/stat.h>

struct text {
    char bytes[TREE_PATH_MAX_BYTES + 1];
    size_t size;
};

/* One operation; of its parts those that it has. */
struct tree_op {
    uint32_t code, mode, uid, gid, sync;
    uint64_t size;
    struct timespec mtime;
    struct text path, target;
    char name[TREE_NAME_MAX_BYTES + 1];
    struct bytes value;
};

struct tree {
    int root;
    int parent;               /* where the last entry lies, and most likely the next */
    bool parent_known;        /* that it is what `parent_path` means */
    struct text parent_path;
    uint32_t parents_made;
    uint32_t step;            /* what failed */
};

/* unpack_decode.c: false = not an operation, or more or less than one. Nothing in it breaks a rule of ops.json. */
bool tree_op_decode(struct tree_op *op, uint32_t code, const uint8_t *payload, size_t size);

/* unpack_paths.c: -1 = errno, and `step` of the tree is set, here and in all that follow */
int tree_fail(struct tree *t, uint32_t step);
/* The directory that the last component of a path is in, made with its own where missing. It stays the tree's. */
int tree_parent(struct tree *t, const struct text *path, const char **leaf);
/* The same, of an entry that is there or not, without making anything. To be closed. */
int tree_find_parent(const struct tree *t, const struct text *path, const char **leaf);
/* Makes a directory where nothing is, and gives it. To be closed. */
int tree_make_directory(int parent, const char *leaf, uint32_t mode);
/* One that no entry speaks of: 0755 and root's. */
int tree_make_implied(struct tree *t, int parent, const char *name);
/* What an entry meant before may now be something else. */
void tree_forget_parent(struct tree *t);
void tree_remember_parent(struct tree *t, const struct text *path, int fd);
int tree_mark_opaque(int directory);
bool tree_is_whiteout(const struct stat *st);

/* unpack_remove.c */
int tree_remove_entry(int parent, const char *leaf);

/* unpack_tree.c */
int tree_directory(struct tree *t, const struct tree_op *op);
int tree_symlink(struct tree *t, const struct tree_op *op);
int tree_hardlink(struct tree *t, const struct tree_op *op);
int tree_fifo(struct tree *t, const struct tree_op *op);
int tree_whiteout(struct tree *t, const struct tree_op *op);
int tree_opaque(struct tree *t, const struct tree_op *op);
int tree_xattr(struct tree *t, const struct tree_op *op);
int tree_times(struct tree *t, const struct tree_op *op);
int tree_remove(struct tree *t, const struct tree_op *op);
/* Gives the open file; the caller writes to it, and then finishes it, which closes it. */
int tree_file(struct tree *t, const struct tree_op *op);
int tree_finish_file(struct tree *t, const struct tree_op *op, int *fd);

/* unpack.c. `from`: a FIFO to read the operations from; NULL = stdin. */
int unpack_main(const char *root, const char *from);
