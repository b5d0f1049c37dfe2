/* Twin: src/image/tree/chunk.ts. Strict: an unknown operation, a payload that is too short or too long, or a path that is
 * not as ops.json has it is refused, and what was refused is never acted on. */
#include "unpack.h"

enum { NANOSECONDS = 1000000000 };

static bool copy_text(struct text *to, struct bytes from) {
    if (from.size > TREE_PATH_MAX_BYTES || memchr(from.data, '\0', from.size))
        return false;
    memcpy(to->bytes, from.data, from.size);
    to->bytes[from.size] = '\0';
    to->size = from.size;
    return true;
}

static bool component_fits(const char *at, size_t size) {
    if (size == 0 || size > TREE_NAME_MAX_BYTES)
        return false;
    return !(at[0] == '.' && (size == 1 || (size == 2 && at[1] == '.')));
}

static bool is_relative(const struct text *path) {
    for (const char *at = path->bytes;; at++) {
        size_t size = strcspn(at, "/");
        if (!component_fits(at, size))
            return false;
        at += size;
        if (*at == '\0')
            return true;
    }
}

static bool read_text_into(struct reader *r, struct text *to) {
    struct bytes b = read_bytes(r);
    return !r->bad && copy_text(to, b);
}

static bool read_path(struct reader *r, struct text *to) {
    return read_text_into(r, to) && is_relative(to);
}

static bool read_path_or_root(struct reader *r, struct text *to) {
    return read_text_into(r, to) && (to->size == 0 || is_relative(to));
}

static bool read_time(struct reader *r, struct timespec *to) {
    to->tv_sec = (time_t)read_u64(r);
    to->tv_nsec = (long)read_u32(r);
    return to->tv_nsec < NANOSECONDS;
}

static bool read_attributes(struct reader *r, struct tree_op *op) {
    op->mode = read_u32(r);
    op->uid = read_u32(r);
    op->gid = read_u32(r);
    /* The highest id of 32 bits would mean "leave as it is". */
    return read_time(r, &op->mtime) && op->mode <= 07777 && op->uid <= TREE_ID_MAX && op->gid <= TREE_ID_MAX;
}

/* What an overlay reads from its own attributes is said by operations of their own. */
static bool read_xattr_name(struct reader *r, char *to) {
    static const char users[] = "user.", overlays[] = "user.overlay.";
    struct bytes b = read_bytes(r);
    if (r->bad || b.size > TREE_NAME_MAX_BYTES || memchr(b.data, '\0', b.size))
        return false;
    memcpy(to, b.data, b.size);
    to[b.size] = '\0';
    return b.size >= sizeof users && memcmp(to, users, sizeof users - 1) == 0 &&
           strncmp(to, overlays, sizeof overlays - 1) != 0;
}

static bool decode_entry(struct tree_op *op, struct reader *r) {
    if (!read_attributes(r, op))
        return false;
    if (op->code == TREE_OP_FILE && (op->size = read_u64(r)) > INT64_MAX)
        return false;
    if (op->code == TREE_OP_SYMLINK && (!read_text_into(r, &op->target) || op->target.size == 0))
        return false;
    return op->code == TREE_OP_DIRECTORY ? read_path_or_root(r, &op->path) : read_path(r, &op->path);
}

static bool decode_xattr(struct tree_op *op, struct reader *r) {
    if (!read_path_or_root(r, &op->path) || !read_xattr_name(r, op->name))
        return false;
    op->value = read_bytes(r);
    return op->value.size <= TREE_XATTR_MAX_BYTES;
}

static bool decode(struct tree_op *op, struct reader *r) {
    switch (op->code) {
    case TREE_OP_BEGIN: return read_u32(r) == TREE_VERSION;
    case TREE_OP_DIRECTORY:
    case TREE_OP_FILE:
    case TREE_OP_SYMLINK:
    case TREE_OP_FIFO: return decode_entry(op, r);
    case TREE_OP_HARDLINK: return read_path(r, &op->target) && read_path(r, &op->path);
    case TREE_OP_OPAQUE: return read_path_or_root(r, &op->path);
    case TREE_OP_WHITEOUT:
    case TREE_OP_REMOVE: return read_path(r, &op->path);
    case TREE_OP_XATTR: return decode_xattr(op, r);
    case TREE_OP_TIMES: return read_time(r, &op->mtime) && read_path_or_root(r, &op->path);
    case TREE_OP_END: return (op->sync = read_u32(r)) <= 1;
    default: return false;
    }
}

bool tree_op_decode(struct tree_op *op, uint32_t code, const uint8_t *payload, size_t size) {
    struct reader r = {.at = payload, .end = payload + size};
    op->code = code;
    op->path.bytes[0] = op->target.bytes[0] = '\0';
    op->path.size = op->target.size = 0;
    return decode(op, &r) && read_done(&r);
}
