/* Which system calls a program makes, counted as they happen. The filter of a traced run hands each call to init, which
 * counts it and lets it go on; what the counts mean, and which calls a policy would refuse, is decided in TypeScript. */
#pragma once
#include "plan.h"

struct traced_call {
    uint32_t arch, number;
    uint64_t count;             /* 0 = a free place */
    uint64_t args[6];           /* only those that the plan keeps; 0 elsewhere */
};

/* Shared by init and launcher, behind the plan in its memory file: it outlives an init that was killed. */
struct trace_table {
    uint64_t beyond;            /* calls that there was no place for */
    struct traced_call calls[TRACED_CALLS_MAX];
};

struct tracer {
    int listener;               /* -1: none yet, or no filtered process is left */
    struct bytes kept;          /* by number of the call: bit n = keep argument n */
    struct trace_table *table;
};

/* Where the table is in the file that holds a plan of this size, and how large that file then is. */
off_t trace_offset(size_t plan_size);
size_t trace_file_size(size_t plan_size);

/* In the program: loads the filter and sends its listener to init over TRACE_FD, the one descriptor that the filter lets
 * send without asking. -1 with errno. */
int trace_load(struct bytes program);
/* In init. -1 with errno. */
int tracer_open(struct tracer *t, const struct plan *p, int plan_file);
/* As read(2) on the program's status socket, answering calls meanwhile; the listener comes that way. */
ssize_t tracer_read(struct tracer *t, int status, void *to, size_t size);
/* Answers one call. -1 with errno when this kernel cannot let it go on. */
int tracer_serve(struct tracer *t, short events);
