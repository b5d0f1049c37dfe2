/* Opens what a plan names on the host: a mount tree to bind or overlay, or a regular file to copy. The paths are the
 * user's own; what is dangerous about them was decided in TypeScript. Nothing a sandboxed program wrote is opened here. */
#include "launcher.h"

#include "mounts.h"
#include "namespaces.h"

#include <sys/stat.h>

static int open_file(const struct source *s, struct failure *f) {
    struct stat st;
    int fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    bool known = fd >= 0 && fstat(fd, &st) == 0;
    if (known && S_ISREG(st.st_mode))
        return fd;
    fail(f, STEP_SOURCE, known ? EINVAL : errno, "%s%s", s->path, known ? " is not a regular file" : "");
    close_fd(&fd);
    return -1;
}

/* On the mount, files of the path's owner are the job's own, so that it may read and write what it was given. */
static int map_owner(int tree, const struct source *s, const struct slot *slot, struct mount_change *change) {
    struct stat st;
    if (fstat(tree, &st) < 0)
        return -1;
    const struct id_pair pair = {
        .on_disk_uid = st.st_uid, .on_disk_gid = st.st_gid,
        .kernel_uid = slot->id_base + s->uid, .kernel_gid = slot->id_base + s->gid,
    };
    change->idmap_user_namespace = idmap_namespace(&pair);
    return change->idmap_user_namespace < 0 ? -1 : 0;
}

static int restrict_tree(int tree, const struct source *s, const struct slot *slot, struct failure *f) {
    struct mount_change change = {
        .read_only = s->flags & SOURCE_FLAG_READ_ONLY,
        .no_exec = s->flags & SOURCE_FLAG_NO_EXEC,
        .no_devices = s->flags & SOURCE_FLAG_NO_DEVICES,
        .recursive = s->flags & SOURCE_FLAG_RECURSIVE,
        .idmap_user_namespace = -1,
    };
    cleanup_fd int mapping = -1;
    if (s->flags & SOURCE_FLAG_MAP_OWNER) {
        if (map_owner(tree, s, slot, &change) < 0)
            return fail(f, STEP_IDMAP, errno, "%s", s->path);
        mapping = change.idmap_user_namespace;
    } else if (s->flags & SOURCE_FLAG_MAP_SLOT) {
        change.idmap_user_namespace = slot->user_namespace;
    }
    if (mount_restrict(tree, &change) == 0)
        return 0;
    bool mapped = change.idmap_user_namespace >= 0;
    /* Showing root's files as root's is a nicety of images; a file system that cannot map ids shows them as nobody's. */
    if (mapped && (s->flags & SOURCE_FLAG_MAP_SLOT) && (errno == EINVAL || errno == EPERM)) {
        change.idmap_user_namespace = -1;
        if (mount_restrict(tree, &change) == 0)
            return 0;
    }
    return fail(f, mapped ? STEP_IDMAP : STEP_SOURCE, errno, "%s%s", s->path,
                mapped ? ": its file system cannot map owners" : "");
}

static int open_tree(const struct source *s, const struct slot *slot, struct failure *f) {
    int tree = mount_clone(AT_FDCWD, s->path, s->flags & SOURCE_FLAG_RECURSIVE);
    if (tree < 0)
        return fail(f, STEP_SOURCE, errno, "%s", s->path);
    if (restrict_tree(tree, s, slot, f) < 0)
        close_fd(&tree);
    return tree;
}

int sources_open(const struct plan *p, const struct slot *slot, int *fds, struct failure *f) {
    for (uint32_t i = 0; i < p->source_count; i++) {
        const struct source *s = &p->sources[i];
        fds[i] = s->flags & SOURCE_FLAG_FILE ? open_file(s, f) : open_tree(s, slot, f);
        if (fds[i] < 0) {
            while (i > 0)
                close(fds[--i]);
            return -1;
        }
    }
    return 0;
}
