#include "common.h"

#include <linux/openat2.h>
#include <stdarg.h>
#include <sys/syscall.h>

int fail(struct failure *f, uint32_t step, int error, const char *format, ...) {
    va_list args;
    f->step = step;
    f->error = error;
    va_start(args, format);
    vsnprintf(f->detail, sizeof f->detail, format, args);
    va_end(args);
    return -1;
}

void close_fd(int *fd) {
    int saved = errno;
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
    errno = saved;
}

uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

int write_text(int dir, const char *path, const char *text) {
    cleanup_fd int fd = openat(dir, path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -1;
    size_t size = strlen(text);
    ssize_t written = write(fd, text, size);
    if (written < 0)
        return -1;
    if ((size_t)written != size) {
        errno = EIO;
        return -1;
    }
    return 0;
}

int write_format(int dir, const char *path, const char *format, ...) {
    char text[256];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (size < 0 || (size_t)size >= sizeof text) {
        errno = EOVERFLOW;
        return -1;
    }
    return write_text(dir, path, text);
}

ssize_t read_text(int fd, char *buffer, size_t size) {
    ssize_t got = pread(fd, buffer, size - 1, 0);
    if (got < 0)
        return -1;
    buffer[got] = '\0';
    return got;
}

int sys_pidfd_kill(int pidfd, int signo) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signo, NULL, 0);
}

int sys_open_beneath(int dir, const char *path, int flags) {
    /* Relative on purpose: a leading slash would make RESOLVE_BENEATH refuse the path. */
    while (*path == '/')
        path++;
    struct open_how how = {
        .flags = (uint64_t)(unsigned)flags | O_CLOEXEC,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    return (int)syscall(SYS_openat2, dir, *path ? path : ".", &how, sizeof how);
}
