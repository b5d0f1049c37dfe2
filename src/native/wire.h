/* Bounds-checked reading and growing writing of little-endian protocol data. Twin: src/launcher/wire.ts. */
#pragma once
#include "common.h"

/* A cursor over bytes that someone else wrote. After the first read past the end `bad` stays set and reads give zero. */
struct reader {
    const uint8_t *at;
    const uint8_t *end;
    bool bad;
};

struct bytes {
    const uint8_t *data;
    uint32_t size;
};

uint32_t read_u32(struct reader *r);
uint64_t read_u64(struct reader *r);
struct bytes read_bytes(struct reader *r);
/* A NUL-terminated string without inner NUL, pointing into the buffer. "" and `bad` if it is not one. */
const char *read_string(struct reader *r);
bool read_done(const struct reader *r);

/* Bytes on their way out. `head` marks what was already sent; memory never holds more than the windows allow. */
struct buffer {
    uint8_t *data;
    size_t head, size, capacity;
    bool failed;           /* memory was out at least once: what is in it has a gap */
};

/* Room for `more` bytes at the end, or NULL when memory is out. */
uint8_t *buffer_reserve(struct buffer *b, size_t more);
bool buffer_u32(struct buffer *b, uint32_t value);
bool buffer_u64(struct buffer *b, uint64_t value);
bool buffer_bytes(struct buffer *b, const void *data, size_t size);
bool buffer_string(struct buffer *b, const char *text);
void buffer_consume(struct buffer *b, size_t size);
void buffer_free(struct buffer *b);
