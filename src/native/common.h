/* What every file of the launcher uses: failures that name their step, scoped clean-up, the clock. */
#pragma once

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "protocol_table.h"

/* Why something of ours did not work: the step, the errno, and which object. It travels unchanged to the client. */
struct failure {
    uint32_t step;
    int32_t error;
    char detail[256];
};

/* Fills in a failure and returns -1, so that `return fail(...)` ends a step. */
__attribute__((format(printf, 4, 5))) int fail(struct failure *f, uint32_t step, int error, const char *format, ...);

void close_fd(int *fd);
#define cleanup_fd __attribute__((cleanup(close_fd)))

uint64_t now_ns(void);

/* Writes a whole short text to a kernel file beneath `dir` (or to an absolute path with AT_FDCWD). 0, or -1 with errno. */
int write_text(int dir, const char *path, const char *text);
__attribute__((format(printf, 3, 4))) int write_format(int dir, const char *path, const char *format, ...);

/* Reads a kernel file from its start into `buffer` as a string. Bytes read, or -1 with errno. */
ssize_t read_text(int fd, char *buffer, size_t size);

/* system calls that the C library does not wrap everywhere */
int sys_pidfd_kill(int pidfd, int signo);
int sys_open_beneath(int dir, const char *path, int flags);
