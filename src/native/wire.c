#include "wire.h"

/* The format is little-endian; so is every machine that this is built for (x86-64, aarch64). */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the protocol is little-endian");

static const uint8_t *take(struct reader *r, size_t size) {
    if (r->bad || (size_t)(r->end - r->at) < size) {
        r->bad = true;
        return NULL;
    }
    const uint8_t *at = r->at;
    r->at += size;
    return at;
}

uint32_t read_u32(struct reader *r) {
    uint32_t value = 0;
    const uint8_t *at = take(r, sizeof value);
    if (at)
        memcpy(&value, at, sizeof value);
    return value;
}

uint64_t read_u64(struct reader *r) {
    uint64_t value = 0;
    const uint8_t *at = take(r, sizeof value);
    if (at)
        memcpy(&value, at, sizeof value);
    return value;
}

struct bytes read_bytes(struct reader *r) {
    uint32_t size = read_u32(r);
    const uint8_t *at = take(r, size);
    return (struct bytes){.data = at, .size = at ? size : 0};
}

const char *read_string(struct reader *r) {
    struct bytes b = read_bytes(r);
    if (!b.data || b.size == 0 || memchr(b.data, 0, b.size) != b.data + b.size - 1) {
        r->bad = true;
        return "";
    }
    return (const char *)b.data;
}

bool read_done(const struct reader *r) {
    return !r->bad && r->at == r->end;
}

uint8_t *buffer_reserve(struct buffer *b, size_t more) {
    if (b->head == b->size)
        b->head = b->size = 0;
    if (b->capacity - b->size >= more)
        return b->data + b->size;
    if (b->head > 0) {
        memmove(b->data, b->data + b->head, b->size - b->head);
        b->size -= b->head;
        b->head = 0;
    }
    size_t need = b->size + more, capacity = b->capacity ? b->capacity : 4096;
    while (capacity < need)
        capacity *= 2;
    if (capacity != b->capacity) {
        uint8_t *data = realloc(b->data, capacity);
        if (!data) {
            b->failed = true;
            return NULL;
        }
        b->data = data;
        b->capacity = capacity;
    }
    return b->data + b->size;
}

bool buffer_bytes(struct buffer *b, const void *data, size_t size) {
    uint8_t *at = buffer_reserve(b, size);
    if (!at)
        return false;
    if (size)
        memcpy(at, data, size);
    b->size += size;
    return true;
}

bool buffer_u32(struct buffer *b, uint32_t value) {
    return buffer_bytes(b, &value, sizeof value);
}

bool buffer_u64(struct buffer *b, uint64_t value) {
    return buffer_bytes(b, &value, sizeof value);
}

bool buffer_string(struct buffer *b, const char *text) {
    size_t size = strlen(text) + 1;
    return buffer_u32(b, (uint32_t)size) && buffer_bytes(b, text, size);
}

void buffer_consume(struct buffer *b, size_t size) {
    b->head += size;
    if (b->head == b->size) {
        b->head = b->size = 0;
        /* A burst of output must not stay as resident memory for the rest of the launcher's life. */
        if (b->capacity > (1u << 20))
            buffer_free(b);
    }
}

void buffer_free(struct buffer *b) {
    free(b->data);
    *b = (struct buffer){0};
}
