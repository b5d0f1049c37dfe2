/* Making files and directories beneath a root without ever following a symlink of the image. */
#pragma once
#include "common.h"

struct owner {
    uint32_t mode, uid, gid;
};

/* The directory that holds the last component of `path`, made with its parents where missing (0755, of `owner`).
 * `leaf` (256 bytes) gets that component. A descriptor, or -1 with errno (ELOOP or ENOTDIR = a symlink is in the way). */
int beneath_parent(int root, const char *path, const struct owner *owner, char *leaf);

/* Makes `path` a directory of this owner and mode; one that is there is kept and given them. Descriptor or -1. */
int beneath_directory(int root, const char *path, const struct owner *owner);
/* Whether such an error says that the image has something else in the place, or on the way to it. */
bool beneath_is_taken(int error);
/* Makes the directory if it is not there. What is there stays as it is, and if that is no directory, there is none. */
int beneath_ensure(int root, const char *path, const struct owner *owner);

/* A new or emptied regular file open for writing. */
int beneath_file(int root, const char *path, const struct owner *owner);
int beneath_finish_file(int fd, const struct owner *owner);

int beneath_symlink(int root, const char *target, const char *path);

/* Where something is to be mounted: opened if there, made as a directory or an empty file if not. */
int beneath_target(int root, const char *path, bool directory);

int write_all(int fd, const void *data, size_t size);
int copy_all(int from, int to);
