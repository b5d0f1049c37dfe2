/* What goes into a program and comes out of it. Credits hold back whoever is faster than its reader: a program whose
 * client does not read is not read from, and waits in write(2). */
#include "launcher.h"

#include <sys/epoll.h>

static struct stream *stream_of(struct watch *watch) {
    return owner_of(watch, struct stream, watch);
}

static struct run *run_of(struct stream *s) {
    return s->number == 1 ? owner_of(s, struct run, streams[0]) : owner_of(s, struct run, streams[1]);
}

void stream_events(struct stream *s, const struct run *run) {
    bool wanted = s->credit > 0 && run->connection && !connection_congested(run->connection);
    watch_change(&s->watch, wanted ? EPOLLIN : 0);
}

/* One read, straight into the frame that carries it. What read() said, with at most `room` bytes taken. */
static ssize_t forward(struct stream *s, struct run *run, size_t room) {
    size_t mark;
    struct buffer *b = frame_begin(run->connection, MESSAGE_OUTPUT, run->id, &mark);
    if (!b || !buffer_u32(b, s->number))
        return 0;
    uint8_t *at = buffer_reserve(b, room);
    if (!at) {
        frame_end(run->connection, mark); /* ends the connection: leaving out a piece would pass for the whole */
        errno = EAGAIN;
        return -1;
    }
    ssize_t got = read(s->watch.fd, at, room);
    if (got <= 0) {
        int saved = errno;
        b->size = b->head + mark; /* nothing came: the frame was never begun */
        errno = saved;
        return got;
    }
    b->size += (size_t)got;
    frame_end(run->connection, mark);
    s->bytes += (uint64_t)got;
    s->credit -= (uint64_t)got;
    return got;
}

/* At the limit one more byte decides: without it the program wrote exactly as much as it may. */
static ssize_t probe_beyond(struct stream *s, struct run *run) {
    char byte;
    ssize_t got = read(s->watch.fd, &byte, 1);
    if (got > 0) {
        s->truncated = true;
        run_kill(run, CAUSE_OUTPUT);
        watch_close(&s->watch);
    }
    return got;
}

/* Reads once. False = nothing more for now. */
bool stream_pump(struct stream *s, struct run *run) {
    uint64_t limit = run->plan.limits[LIMIT_OUTPUT_BYTES];
    size_t room = s->credit < CHUNK_MAX_BYTES ? (size_t)s->credit : CHUNK_MAX_BYTES;
    if (limit && limit - s->bytes < room)
        room = (size_t)(limit - s->bytes);
    ssize_t got = limit && s->bytes == limit ? probe_beyond(s, run) : forward(s, run, room);
    if (got > 0)
        return s->watch.fd >= 0;
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (got < 0 && !(errno == EIO && run->plan.terminal)) /* which is how a pty says that its last slave was closed */
        run_lost(run, STEP_STDIO, errno, "read what the program wrote");
    watch_close(&s->watch);
    return false;
}

static void stream_event(struct watch *watch, uint32_t events) {
    struct stream *s = stream_of(watch);
    struct run *run = run_of(s);
    (void)events;
    if (s->credit > 0)
        stream_pump(s, run);
    if (s->watch.fd >= 0)
        stream_events(s, run);
    if (run->state == RUN_DRAINING)
        run_drain(run);
}

void run_credit(struct run *run, uint32_t stream, uint32_t bytes) {
    if (stream != 1 && stream != 2)
        return;
    struct stream *s = &run->streams[stream - 1];
    s->credit += bytes;
    if (s->credit > STREAM_WINDOW_BYTES)
        s->credit = STREAM_WINDOW_BYTES;
    if (s->watch.fd >= 0)
        stream_events(s, run);
    if (run->state == RUN_DRAINING)
        run_drain(run);
}

static void input_credit(struct run *run, size_t bytes) {
    size_t mark;
    struct buffer *b = bytes ? frame_begin(run->connection, MESSAGE_STDIN_CREDIT, run->id, &mark) : NULL;
    if (!b)
        return;
    buffer_u32(b, (uint32_t)bytes);
    frame_end(run->connection, mark);
}

void input_pump(struct run *run) {
    struct buffer *b = &run->input_data;
    size_t sent = 0;
    while (b->head < b->size) {
        ssize_t written = run->input.fd < 0 ? (ssize_t)(b->size - b->head) /* nobody reads it any more */
                                            : write(run->input.fd, b->data + b->head, b->size - b->head);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0 && errno == EAGAIN)
            break;
        if (written < 0) {
            watch_close(&run->input);
            continue;
        }
        buffer_consume(b, (size_t)written);
        sent += (size_t)written;
    }
    input_credit(run, sent);
    watch_change(&run->input, b->head < b->size ? EPOLLOUT : 0);
    if (b->head == b->size && run->input_closed)
        watch_close(&run->input);
}

static void input_event(struct watch *watch, uint32_t events) {
    (void)events;
    input_pump(owner_of(watch, struct run, input));
}

void run_input(struct run *run, struct bytes data) {
    if (run->input_closed || !buffer_bytes(&run->input_data, data.data, data.size))
        return;
    if (run->state >= RUN_RUNNING) /* before that it may yet be for another init */
        input_pump(run);
}

void run_input_close(struct run *run) {
    static const char end_of_file = 4; /* a terminal is not closed from outside; ^D is what a person would type */
    if (run->input_closed)
        return;
    if (run->plan.terminal)
        run_input(run, (struct bytes){.data = (const uint8_t *)&end_of_file, .size = 1});
    run->input_closed = true;
    if (run->state >= RUN_RUNNING && !run->plan.terminal)
        input_pump(run);
}

static int set_nonblocking(int fd) {
    return fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

int stream_open(struct run *run, int index, int fd) {
    struct stream *s = &run->streams[index];
    s->number = (uint32_t)index + 1;
    s->credit = STREAM_WINDOW_BYTES;
    if (set_nonblocking(fd) < 0)
        return -1;
    return watch_open(&s->watch, fd, EPOLLIN, stream_event);
}

int input_open(struct run *run, int fd) {
    if (set_nonblocking(fd) < 0)
        return -1;
    return watch_open(&run->input, fd, 0, input_event);
}
