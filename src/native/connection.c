/* The framed protocol: [payload size u32][type u32][run id u32] payload. Twins: src/launcher/frames.ts, connection.ts.
 * A client that breaks the protocol is told why and dropped; its runs die with it, nobody else's do. */
#include "launcher.h"

#include <sys/epoll.h>
#include <sys/socket.h>

enum { READ_SIZE = 65536, CONGESTED_BYTES = 1 << 20 };

static struct connection *connections;

int configure(struct reader *r, struct failure *f); /* main.c */
void shutdown_launcher(void);                       /* main.c */

static bool is_congested(const struct connection *c) {
    return c->out.size - c->out.head > CONGESTED_BYTES;
}

static void watch_output(struct connection *c) {
    bool wanted = c->dead || c->stalled || c->out.head < c->out.size;
    watch_change(&c->watch, EPOLLIN | (wanted ? (uint32_t)EPOLLOUT : 0));
}

/* Whoever is told to wait is woken by EPOLLOUT, which stays on also when a frame of somebody else's empties the buffer. */
bool connection_congested(struct connection *c) {
    c->stalled = c->stalled || is_congested(c);
    return is_congested(c);
}

/* It is closed by the loop: we may be deep inside one of its runs. The shutdown wakes the loop also when the client reads
 * nothing, so that no EPOLLOUT would ever come. */
static void connection_broken(struct connection *c) {
    c->dead = true;
    shutdown(c->watch.fd, SHUT_RDWR);
}

struct buffer *frame_begin(struct connection *c, uint32_t type, uint32_t id, size_t *mark) {
    if (!c || c->dead)
        return NULL;
    /* Relative to head: reserving may move the bytes. */
    *mark = c->out.size - c->out.head;
    if (buffer_u32(&c->out, 0) && buffer_u32(&c->out, type) && buffer_u32(&c->out, id))
        return &c->out;
    connection_broken(c);
    return NULL;
}

void frame_end(struct connection *c, size_t mark) {
    if (c->out.failed) {
        connection_broken(c); /* half a frame would be taken for a whole one */
        return;
    }
    uint32_t size = (uint32_t)(c->out.size - c->out.head - mark - FRAME_HEADER_BYTES);
    memcpy(c->out.data + c->out.head + mark, &size, sizeof size);
    connection_flush(c);
}

static void send_empty(struct connection *c, uint32_t type, uint32_t id) {
    size_t mark;
    if (frame_begin(c, type, id, &mark))
        frame_end(c, mark);
}

static void send_number(struct connection *c, uint32_t type, uint32_t number) {
    size_t mark;
    struct buffer *b = frame_begin(c, type, 0, &mark);
    if (!b)
        return;
    buffer_u32(b, number);
    frame_end(c, mark);
}

void send_failure(struct connection *c, uint32_t type, uint32_t id, const struct failure *f) {
    size_t mark;
    struct buffer *b = frame_begin(c, type, id, &mark);
    if (!b)
        return;
    buffer_u32(b, f->step);
    buffer_u32(b, (uint32_t)f->error);
    buffer_string(b, f->detail);
    frame_end(c, mark);
}

static void connection_close(struct connection *c) {
    if (c->watch.fd < 0)
        return;
    c->dead = true;
    watch_close(&c->watch);
    for (struct connection **at = &connections; *at; at = &(*at)->next)
        if (*at == c) {
            *at = c->next;
            break;
        }
    run_client_gone(c);
    buffer_free(&c->in);
    buffer_free(&c->out);
    if (c->control)
        shutdown_launcher();
    loop_free_later(c);
}

void connection_flush(struct connection *c) {
    while (!c->dead && c->out.head < c->out.size) {
        ssize_t sent = send(c->watch.fd, c->out.data + c->out.head, c->out.size - c->out.head, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno != EAGAIN)
            c->dead = true; /* seen by watch_output below */
        if (sent <= 0)
            break;
        buffer_consume(&c->out, (size_t)sent);
    }
    watch_output(c);
}

static int refuse(struct connection *c, uint32_t id, int error, const char *what) {
    struct failure f;
    fail(&f, STEP_PROTOCOL, error, "%s", what);
    send_failure(c, MESSAGE_REFUSED, id, &f);
    return -1;
}

static int greet(struct connection *c, struct reader *r) {
    size_t mark;
    uint32_t version = read_u32(r);
    if (!read_done(r) || version != PROTOCOL_VERSION) {
        struct failure f;
        fail(&f, STEP_PROTOCOL, EPROTONOSUPPORT, "the launcher speaks protocol %u, the client %u", PROTOCOL_VERSION, version);
        send_failure(c, MESSAGE_REFUSED, 0, &f);
        return -1;
    }
    c->greeted = true;
    struct buffer *b = frame_begin(c, MESSAGE_WELCOME, 0, &mark);
    if (b) {
        buffer_u32(b, PROTOCOL_VERSION);
        buffer_u32(b, (uint32_t)getpid());
        buffer_u32(b, ordinary_identities());
        frame_end(c, mark);
    }
    return 0;
}

static int handle_control(struct connection *c, uint32_t type, struct reader *r) {
    struct failure f = {0};
    if (!c->control)
        return refuse(c, 0, EPERM, "only the control connection may configure");
    if (type == MESSAGE_CONFIGURE) {
        if (configure(r, &f) < 0)
            send_failure(c, MESSAGE_REFUSED, 0, &f);
        else
            send_number(c, MESSAGE_CONFIGURED, ordinary_identities());
        return 0;
    }
    if (type == MESSAGE_ENTER) {
        if (!read_done(r))
            return refuse(c, 0, EBADMSG, "enter");
        if (ordinary_enter(&f) < 0)
            send_failure(c, MESSAGE_REFUSED, 0, &f);
        else
            send_empty(c, MESSAGE_ENTERED, 0);
        return 0;
    }
    const char *path = read_string(r);
    if (!read_done(r))
        return refuse(c, 0, EBADMSG, "listen");
    if (listen_at(path, &f) < 0)
        send_failure(c, MESSAGE_REFUSED, 0, &f);
    else
        send_empty(c, MESSAGE_LISTENING, 0);
    return 0;
}

/* A message about a run. One that has just ended is no longer there: what crossed its end on the way is dropped. */
static int handle_run(struct connection *c, uint32_t type, uint32_t id, struct reader *r) {
    struct run *run = run_find(c, id);
    uint32_t a, b;
    switch (type) {
    case MESSAGE_STDIN:
        if (run)
            run_input(run, (struct bytes){.data = r->at, .size = (uint32_t)(r->end - r->at)});
        if (run && run->input_data.failed) /* a program that reads on behind a gap would read something else */
            return refuse(c, id, ENOMEM, "no memory for stdin");
        return run && run->input_data.size - run->input_data.head > STREAM_WINDOW_BYTES
                   ? refuse(c, id, EMSGSIZE, "stdin beyond the window") : 0;
    case MESSAGE_STDIN_CLOSE:
        if (run)
            run_input_close(run);
        return read_done(r) ? 0 : refuse(c, id, EBADMSG, "stdin-close");
    case MESSAGE_SIGNAL:
        a = read_u32(r);
        if (!read_done(r) || a == 0 || a > 64)
            return refuse(c, id, EBADMSG, "signal");
        if (run)
            run_signal(run, a);
        return 0;
    case MESSAGE_KILL:
        if (run)
            run_kill(run, CAUSE_CANCEL);
        return read_done(r) ? 0 : refuse(c, id, EBADMSG, "kill");
    case MESSAGE_RESIZE:
    case MESSAGE_OUTPUT_CREDIT:
        a = read_u32(r);
        b = read_u32(r);
        if (!read_done(r))
            return refuse(c, id, EBADMSG, "resize or credit");
        if (run && type == MESSAGE_RESIZE)
            run_resize(run, (uint16_t)a, (uint16_t)b);
        else if (run)
            run_credit(run, a, b);
        return 0;
    default:
        return refuse(c, id, EBADMSG, "unknown message");
    }
}

static int handle_frame(struct connection *c, uint32_t type, uint32_t id, const uint8_t *payload, uint32_t size) {
    struct reader r = {.at = payload, .end = payload + size};
    if (type == MESSAGE_HELLO && !c->greeted)
        return greet(c, &r);
    if (!c->greeted)
        return refuse(c, id, EPROTO, "hello comes first");
    if (type == MESSAGE_CONFIGURE || type == MESSAGE_LISTEN || type == MESSAGE_ENTER)
        return handle_control(c, type, &r);
    if (type != MESSAGE_RUN)
        return handle_run(c, type, id, &r);
    if (run_find(c, id))
        return refuse(c, id, EEXIST, "this run id is in use");
    run_request(c, id, payload, size);
    return 0;
}

static int handle_frames(struct connection *c) {
    while (c->in.size - c->in.head >= FRAME_HEADER_BYTES) {
        uint32_t header[3];
        const uint8_t *at = c->in.data + c->in.head;
        memcpy(header, at, sizeof header);
        if (header[0] > FRAME_MAX_BYTES)
            return refuse(c, header[2], EMSGSIZE, "frame too large");
        if (c->in.size - c->in.head < FRAME_HEADER_BYTES + (size_t)header[0])
            return 0;
        if (handle_frame(c, header[1], header[2], at + FRAME_HEADER_BYTES, header[0]) < 0)
            return -1;
        if (c->watch.fd < 0)
            return 0;
        buffer_consume(&c->in, FRAME_HEADER_BYTES + (size_t)header[0]);
    }
    return 0;
}

static void connection_event(struct watch *watch, uint32_t events) {
    struct connection *c = owner_of(watch, struct connection, watch);
    if (events & EPOLLOUT) {
        connection_flush(c);
        if (!c->dead && !is_congested(c)) {
            c->stalled = false;
            run_client_writable(c);
            watch_output(c);
        }
    }
    if (!c->dead && events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        uint8_t *at = buffer_reserve(&c->in, READ_SIZE);
        ssize_t got = at ? read(c->watch.fd, at, READ_SIZE) : 0;
        if (got > 0) {
            c->in.size += (size_t)got;
            if (handle_frames(c) < 0)
                c->dead = true;
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            c->dead = true;
        }
    }
    if (c->dead)
        connection_close(c);
}

int connection_open(int fd, bool control) {
    struct connection *c = calloc(1, sizeof *c);
    if (!c)
        return -1;
    if (watch_open(&c->watch, fd, EPOLLIN, connection_event) < 0) {
        free(c);
        return -1;
    }
    c->control = control;
    c->next = connections;
    connections = c;
    return 0;
}
