/* Copies files out of a sandbox after its last process is dead. What is there was written by the program, so every name
 * is resolved beneath the root's descriptor without symlinks, looked at before it is opened, and only regular files are
 * read, without blocking, up to a total size; safety rule 1 of docs/architecture.md. */
#include "launcher.h"

#include <dirent.h>
#include <sys/stat.h>
#include <sys/vfs.h>

enum { KIND_FILE = 1, KIND_DIRECTORY = 2, KIND_ERROR = 3, PROC_MAGIC = 0x9fa0 };

struct level {
    DIR *entries;
    size_t path_size;
};

struct collector {
    uint32_t next_output, index, files;
    struct level levels[OUTPUT_DEPTH_MAX];
    unsigned depth;
    int file;
    uint64_t left, budget;
    bool started;
    char path[PATH_MAX_BYTES];
};

struct collector *collector_new(void) {
    struct collector *k = calloc(1, sizeof *k);
    if (k)
        k->file = -1;
    return k;
}

void collector_free(struct collector *k) {
    if (!k)
        return;
    close_fd(&k->file);
    while (k->depth > 0)
        closedir(k->levels[--k->depth].entries);
    free(k);
}

static void send_entry(struct collector *k, struct run *run, uint32_t kind, int error, const struct stat *st) {
    size_t mark;
    struct buffer *b = frame_begin(run->connection, MESSAGE_FILE, run->id, &mark);
    if (!b)
        return;
    buffer_u32(b, kind);
    buffer_u32(b, (uint32_t)error);
    buffer_u32(b, k->index);
    buffer_u32(b, st ? st->st_mode & 0777 : 0);
    buffer_u64(b, st ? (uint64_t)st->st_size : 0);
    buffer_string(b, k->path);
    frame_end(run->connection, mark);
}

static void end_file(struct collector *k, struct run *run, int error) {
    size_t mark;
    close_fd(&k->file);
    struct buffer *b = frame_begin(run->connection, MESSAGE_FILE_END, run->id, &mark);
    if (!b)
        return;
    buffer_u32(b, (uint32_t)error);
    frame_end(run->connection, mark);
}

static void send_chunk(struct collector *k, struct run *run) {
    size_t mark;
    struct buffer *b = frame_begin(run->connection, MESSAGE_FILE_DATA, run->id, &mark);
    size_t want = k->left < CHUNK_MAX_BYTES ? (size_t)k->left : CHUNK_MAX_BYTES;
    uint8_t *at = b ? buffer_reserve(b, CHUNK_MAX_BYTES) : NULL;
    ssize_t got = at ? read(k->file, at, want) : 0;
    int error = got < 0 ? errno : 0;
    if (b) {
        b->size += got > 0 ? (size_t)got : 0;
        frame_end(run->connection, mark);
    }
    k->left -= got > 0 ? (uint64_t)got : 0;
    if (got <= 0 || k->left == 0)
        end_file(k, run, error);
}

static void open_directory(struct collector *k, struct run *run, int fd, const struct stat *st) {
    if (k->depth == OUTPUT_DEPTH_MAX) {
        send_entry(k, run, KIND_ERROR, E2BIG, NULL); /* not ELOOP, which a symlink gives */
        return;
    }
    int readable = sys_open_beneath(fd, ".", O_RDONLY | O_DIRECTORY);
    DIR *entries = readable < 0 ? NULL : fdopendir(readable);
    if (!entries) {
        send_entry(k, run, KIND_ERROR, errno, NULL);
        close_fd(&readable);
        return;
    }
    send_entry(k, run, KIND_DIRECTORY, 0, st);
    k->levels[k->depth++] = (struct level){.entries = entries, .path_size = strlen(k->path)};
}

static void open_file(struct collector *k, struct run *run, int fd, const struct stat *st) {
    char self[64];
    struct statfs fs;
    if ((uint64_t)st->st_size > k->budget) {
        send_entry(k, run, KIND_ERROR, EFBIG, NULL);
        return;
    }
    int known = fstatfs(fd, &fs);
    if (known < 0 || fs.f_type == PROC_MAGIC) {
        send_entry(k, run, KIND_ERROR, known < 0 ? errno : EPERM, NULL);
        return;
    }
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd); /* the very inode that was looked at */
    k->file = open(self, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (k->file < 0) {
        send_entry(k, run, KIND_ERROR, errno, NULL);
        return;
    }
    send_entry(k, run, KIND_FILE, 0, st);
    k->left = (uint64_t)st->st_size;
    k->budget -= k->left;
    if (k->left == 0)
        end_file(k, run, 0);
}

/* Looks at k->path and begins to send it. */
static void visit(struct collector *k, struct run *run) {
    struct stat st;
    cleanup_fd int fd = sys_open_beneath(run->root, k->path, O_PATH | O_NOFOLLOW);
    if (++k->files > OUTPUT_FILES_MAX)
        send_entry(k, run, KIND_ERROR, EOVERFLOW, NULL); /* not EMFILE, which we may get ourselves */
    else if (fd < 0 || fstat(fd, &st) < 0)
        send_entry(k, run, KIND_ERROR, errno, NULL);
    else if (S_ISDIR(st.st_mode))
        open_directory(k, run, fd, &st);
    else if (S_ISREG(st.st_mode))
        open_file(k, run, fd, &st);
    else
        send_entry(k, run, KIND_ERROR, S_ISLNK(st.st_mode) ? ELOOP : EINVAL, NULL);
}

/* The next name of the innermost directory; false when that directory is done. */
static bool next_entry(struct collector *k, struct run *run) {
    struct level *level = &k->levels[k->depth - 1];
    struct dirent *e;
    k->path[level->path_size] = '\0';
    do
        e = readdir(level->entries);
    while (e && (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0));
    if (!e || k->files > OUTPUT_FILES_MAX) {
        closedir(level->entries);
        k->depth--;
        return false;
    }
    size_t room = sizeof k->path - level->path_size;
    if ((size_t)snprintf(k->path + level->path_size, room, "/%s", e->d_name) < room)
        return true;
    k->path[level->path_size] = '\0';
    send_entry(k, run, KIND_ERROR, ENAMETOOLONG, NULL); /* the directory stands for what cannot be named */
    return false;
}

static bool next_output(struct collector *k, const struct plan *p) {
    if (k->next_output == p->output_count)
        return false;
    k->index = k->next_output;
    snprintf(k->path, sizeof k->path, "%s", p->outputs[k->next_output++]);
    return true;
}

bool collector_step(struct collector *k, struct run *run) {
    if (!k->started) {
        k->started = true;
        k->budget = run->plan.limits[LIMIT_COPY_OUT_BYTES];
    }
    while (run->connection && !connection_congested(run->connection)) {
        if (k->file >= 0)
            send_chunk(k, run);
        else if (k->depth > 0 ? next_entry(k, run) : next_output(k, &run->plan))
            visit(k, run);
        else if (k->depth == 0 && k->next_output == run->plan.output_count)
            return true;
    }
    return run->connection == NULL;
}
