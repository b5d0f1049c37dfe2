#include "beneath.h"

#include <sys/sendfile.h>
#include <sys/stat.h>

/* Whoever sets up is root, unless there is but one id. */
static struct owner plain(void) {
    return (struct owner){.mode = 0755, .uid = geteuid(), .gid = getegid()};
}

/* The next component of a path into `name`; 1 = got one, 0 = end, -1 = it may not be used. */
static int next_component(const char **path, char *name) {
    while (**path == '/')
        (*path)++;
    size_t size = strcspn(*path, "/");
    if (size == 0)
        return 0;
    if (size > 255) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(name, *path, size);
    name[size] = '\0';
    *path += size;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        errno = EINVAL;
        return -1;
    }
    return 1;
}

static int open_component(int dir, const char *name) {
    return openat(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int make_component(int dir, const char *name, const struct owner *owner) {
    int fd = open_component(dir, name);
    if (fd >= 0 || errno != ENOENT)
        return fd;
    if (mkdirat(dir, name, 0755) < 0 && errno != EEXIST)
        return -1;
    fd = open_component(dir, name);
    if (fd >= 0 && fchownat(fd, "", owner->uid, owner->gid, AT_EMPTY_PATH) < 0)
        close_fd(&fd);
    return fd;
}

int beneath_parent(int root, const char *path, const struct owner *owner, char *leaf) {
    int dir = fcntl(root, F_DUPFD_CLOEXEC, 3);
    char next[256];
    int found = next_component(&path, leaf);
    if (found == 0)
        errno = EINVAL; /* the root itself has no parent here */
    while (dir >= 0 && found > 0) {
        int more = next_component(&path, next);
        if (more == 0)
            return dir;
        int child = more < 0 ? -1 : make_component(dir, leaf, owner);
        close_fd(&dir);
        dir = child;
        memcpy(leaf, next, sizeof next);
        found = more;
    }
    close_fd(&dir);
    return -1;
}

static int apply_owner(int fd, const struct owner *owner) {
    if (fchown(fd, owner->uid, owner->gid) < 0)
        return -1;
    return fchmod(fd, owner->mode);
}

bool beneath_is_taken(int error) {
    return error == ENOTDIR || error == ELOOP || error == EISDIR;
}

int beneath_directory(int root, const char *path, const struct owner *owner) {
    char leaf[256];
    cleanup_fd int parent = beneath_parent(root, path, owner, leaf);
    if (parent < 0)
        return -1;
    if (mkdirat(parent, leaf, 0700) < 0 && errno != EEXIST)
        return -1;
    int fd = openat(parent, leaf, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && apply_owner(fd, owner) < 0)
        close_fd(&fd);
    return fd;
}

int beneath_ensure(int root, const char *path, const struct owner *owner) {
    char leaf[256];
    const struct owner above = plain();
    cleanup_fd int parent = beneath_parent(root, path, &above, leaf);
    if (parent < 0)
        return beneath_is_taken(errno) ? 0 : -1;
    cleanup_fd int there = open_component(parent, leaf);
    if (there >= 0 || beneath_is_taken(errno))
        return 0;
    if (errno != ENOENT || mkdirat(parent, leaf, 0700) < 0)
        return -1;
    cleanup_fd int made = openat(parent, leaf, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return made < 0 ? -1 : apply_owner(made, owner);
}

int beneath_file(int root, const char *path, const struct owner *owner) {
    char leaf[256];
    cleanup_fd int parent = beneath_parent(root, path, owner, leaf);
    if (parent < 0)
        return -1;
    /* Unlinked first: what an image has there may be a device, a FIFO or a hard link to something shared. */
    if (unlinkat(parent, leaf, 0) < 0 && errno != ENOENT)
        return -1;
    return openat(parent, leaf, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

int beneath_finish_file(int fd, const struct owner *owner) {
    return apply_owner(fd, owner);
}

int beneath_symlink(int root, const char *target, const char *path) {
    char leaf[256];
    const struct owner above = plain();
    cleanup_fd int parent = beneath_parent(root, path, &above, leaf);
    if (parent < 0)
        return -1;
    return symlinkat(target, parent, leaf);
}

int beneath_target(int root, const char *path, bool directory) {
    char leaf[256];
    const struct owner above = plain();
    cleanup_fd int parent = beneath_parent(root, path, &above, leaf);
    if (parent < 0)
        return -1;
    int fd = openat(parent, leaf, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        cleanup_fd int made = -1;
        if (directory ? mkdirat(parent, leaf, 0755) < 0
                      : (made = openat(parent, leaf, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)) < 0)
            return -1;
        fd = openat(parent, leaf, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    }
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return fd;
    if (S_ISLNK(st.st_mode) || S_ISDIR(st.st_mode) != directory) {
        close_fd(&fd);
        errno = S_ISLNK(st.st_mode) ? ELOOP : directory ? ENOTDIR : EISDIR;
    }
    return fd;
}

int write_all(int fd, const void *data, size_t size) {
    const char *at = data;
    while (size > 0) {
        ssize_t written = write(fd, at, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        at += written;
        size -= (size_t)written;
    }
    return 0;
}

int copy_all(int from, int to) {
    for (;;) {
        ssize_t moved = sendfile(to, from, NULL, 1u << 30);
        if (moved < 0 && errno == EINTR)
            continue;
        if (moved <= 0)
            return (int)moved;
    }
}
