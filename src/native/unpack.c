#include "unpack.h"

#include "beneath.h"

#include <signal.h>

/* A frame other than one of data lies in the buffer as a whole; data goes from there to its file piece by piece. */
enum { OP_MAX_BYTES = 2 * (4 + TREE_PATH_MAX_BYTES) + TREE_XATTR_MAX_BYTES + 1024, BUFFER_BYTES = 1 << 20 };

_Static_assert(OP_MAX_BYTES < BUFFER_BYTES, "an operation fits in the buffer");

struct input {
    int fd;
    uint8_t bytes[BUFFER_BYTES];
    size_t at, end;
};

struct unpack {
    struct tree tree;
    struct tree_op op;
    uint64_t index;          /* of the operation, from 0 */
    int file;                /* being written, -1 = none */
    uint64_t left;           /* bytes that are still to come for it */
    bool begun, ended;
};

static struct input input;
static struct unpack unpack;

/* 0 = so many bytes are in the buffer in one piece; -1 with EPROTO = they will not come. */
static int need(size_t size) {
    if (input.end - input.at >= size)
        return 0;
    memmove(input.bytes, input.bytes + input.at, input.end - input.at);
    input.end -= input.at;
    input.at = 0;
    while (input.end < size) {
        ssize_t got = read(input.fd, input.bytes + input.end, sizeof input.bytes - input.end);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            errno = got < 0 ? errno : EPROTO;
            return -1;
        }
        input.end += (size_t)got;
    }
    return 0;
}

static int refuse(struct unpack *u) {
    errno = EPROTO;
    return tree_fail(&u->tree, TREE_STEP_PROTOCOL);
}

static int finish_file(struct unpack *u) {
    return tree_finish_file(&u->tree, &u->op, &u->file);
}

static int write_data(struct unpack *u, size_t size) {
    while (size > 0) {
        if (need(1) < 0)
            return tree_fail(&u->tree, TREE_STEP_PROTOCOL);
        size_t there = input.end - input.at;
        size_t part = there < size ? there : size;
        if (write_all(u->file, input.bytes + input.at, part) < 0)
            return tree_fail(&u->tree, TREE_STEP_WRITE);
        input.at += part;
        size -= part;
    }
    return 0;
}

static int take_data(struct unpack *u, size_t size) {
    if (u->file < 0 || size > TREE_DATA_MAX_BYTES || size > u->left)
        return refuse(u);
    if (write_data(u, size) < 0)
        return -1;
    u->left -= size;
    return u->left == 0 ? finish_file(u) : 0;
}

static int begin_file(struct unpack *u) {
    u->file = tree_file(&u->tree, &u->op);
    if (u->file < 0)
        return -1;
    u->left = u->op.size;
    return u->left == 0 ? finish_file(u) : 0;
}

static int end(struct unpack *u) {
    u->ended = true;
    return u->op.sync && syncfs(u->tree.root) < 0 ? tree_fail(&u->tree, TREE_STEP_SYNC) : 0;
}

static int perform(struct unpack *u) {
    struct tree *t = &u->tree;
    switch (u->op.code) {
    case TREE_OP_BEGIN: return 0;
    case TREE_OP_DIRECTORY: return tree_directory(t, &u->op);
    case TREE_OP_FILE: return begin_file(u);
    case TREE_OP_SYMLINK: return tree_symlink(t, &u->op);
    case TREE_OP_HARDLINK: return tree_hardlink(t, &u->op);
    case TREE_OP_FIFO: return tree_fifo(t, &u->op);
    case TREE_OP_WHITEOUT: return tree_whiteout(t, &u->op);
    case TREE_OP_OPAQUE: return tree_opaque(t, &u->op);
    case TREE_OP_XATTR: return tree_xattr(t, &u->op);
    case TREE_OP_TIMES: return tree_times(t, &u->op);
    case TREE_OP_REMOVE: return tree_remove(t, &u->op);
    case TREE_OP_END: return end(u);
    default: return refuse(u);
    }
}

/* `begin` first and once, and nothing but data while a file is not complete. */
static int take_operation(struct unpack *u, uint32_t code, size_t size) {
    if (u->file >= 0 || size > OP_MAX_BYTES || (code == TREE_OP_BEGIN) == u->begun)
        return refuse(u);
    if (need(size) < 0 || !tree_op_decode(&u->op, code, input.bytes + input.at, size))
        return refuse(u);
    input.at += size;
    u->begun = true;
    return perform(u);
}

static int take_frame(struct unpack *u) {
    if (need(TREE_FRAME_HEADER_BYTES) < 0)
        return tree_fail(&u->tree, TREE_STEP_PROTOCOL);
    struct reader r = {.at = input.bytes + input.at, .end = input.bytes + input.end};
    uint32_t code = read_u32(&r);
    uint32_t size = read_u32(&r);
    input.at += TREE_FRAME_HEADER_BYTES;
    return code == TREE_OP_DATA ? take_data(u, size) : take_operation(u, code, size);
}

static void answer(uint32_t code, struct buffer *payload) {
    struct buffer b = {0};
    buffer_u32(&b, code);
    buffer_u32(&b, (uint32_t)payload->size);
    buffer_bytes(&b, payload->data, payload->size);
    /* Whoever does not hear it sees that no answer came, which is no success. */
    if (!b.failed && !payload->failed)
        (void)!write_all(STDOUT_FILENO, b.data, b.size);
    buffer_free(&b);
    buffer_free(payload);
}

static int answer_failure(const struct unpack *u, int error) {
    struct buffer b = {0};
    buffer_u64(&b, u->index);
    buffer_u32(&b, u->op.code);
    buffer_u32(&b, u->tree.step);
    buffer_u32(&b, (uint32_t)error);
    buffer_string(&b, u->op.path.bytes);
    buffer_string(&b, u->op.target.bytes);
    answer(TREE_ANSWER_FAILED, &b);
    return 1;
}

static int open_tree(struct tree *t, const char *root) {
    t->parent = -1;
    t->root = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return t->root < 0 ? tree_fail(t, TREE_STEP_ROOT) : 0;
}

/* The larger the pipe, the fewer changes between its ends; where it may not be, it stays as it is. */
static int open_input(struct tree *t, const char *path) {
    input.fd = path ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    if (input.fd < 0)
        return tree_fail(t, TREE_STEP_PROTOCOL);
    fcntl(input.fd, F_SETPIPE_SZ, BUFFER_BYTES);
    return 0;
}

int unpack_main(const char *root, const char *from) {
    struct unpack *u = &unpack;
    u->file = -1;
    umask(0);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* EFBIG instead, which can be answered */
    if (open_tree(&u->tree, root) < 0 || open_input(&u->tree, from) < 0)
        return answer_failure(u, errno);
    for (; !u->ended; u->index++)
        if (take_frame(u) < 0)
            return answer_failure(u, errno);
    answer(TREE_ANSWER_DONE, &(struct buffer){0});
    return 0;
}
