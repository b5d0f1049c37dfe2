#include "seccomp_trace.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS _IOW('!', 4, uint64_t)
#endif
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

enum { PAGE = 4096, NOTIFICATION_BYTES = 512 };

off_t trace_offset(size_t plan_size) {
    return (off_t)((plan_size + PAGE - 1) / PAGE * PAGE);
}

size_t trace_file_size(size_t plan_size) {
    return (size_t)trace_offset(plan_size) + sizeof(struct trace_table);
}

/* ---- the program ---- */

static int send_listener(int listener) {
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {0};
    struct iovec iov = {.iov_base = (char[]){0}, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof listener);
    memcpy(CMSG_DATA(header), &listener, sizeof listener);
    return sendmsg(TRACE_FD, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

int trace_load(struct bytes program) {
    struct sock_fprog filter = {
        .len = (unsigned short)(program.size / sizeof(struct sock_filter)),
        .filter = (struct sock_filter *)(uintptr_t)program.data,
    };
    const unsigned long listen = SECCOMP_FILTER_FLAG_NEW_LISTENER;
    /* Without it each signal begins the call anew, and Go sends signals all the time. Linux 5.19. */
    const unsigned long patient = listen | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
    long listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, patient, &filter);
    if (listener < 0 && errno == EINVAL)
        listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, listen, &filter);
    return listener < 0 ? -1 : send_listener((int)listener);
}

/* ---- init ---- */

int tracer_open(struct tracer *t, const struct plan *p, int plan_file) {
    struct seccomp_notif_sizes sizes;
    *t = (struct tracer){.listener = -1, .kept = p->trace};
    if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0)
        return -1;
    if (sizes.seccomp_notif > NOTIFICATION_BYTES || sizes.seccomp_notif_resp > NOTIFICATION_BYTES) {
        errno = ENOTSUP;
        return -1;
    }
    void *at = mmap(NULL, sizeof *t->table, PROT_READ | PROT_WRITE, MAP_SHARED, plan_file, trace_offset(p->size));
    if (at == MAP_FAILED)
        return -1;
    t->table = at;
    return 0;
}

static struct traced_call reduced(const struct tracer *t, const struct seccomp_data *data) {
    struct traced_call call = {.arch = data->arch, .number = (uint32_t)data->nr};
    uint8_t kept = call.number < t->kept.size ? t->kept.data[call.number] : 0;
    for (int i = 0; i < 6; i++)
        if (kept & 1u << i)
            call.args[i] = data->args[i];
    return call;
}

static bool same(const struct traced_call *a, const struct traced_call *b) {
    return a->arch == b->arch && a->number == b->number && memcmp(a->args, b->args, sizeof a->args) == 0;
}

static size_t place_of(const struct traced_call *call) {
    uint64_t hash = call->arch ^ (uint64_t)call->number << 32;
    for (int i = 0; i < 6; i++)
        hash = (hash ^ call->args[i]) * 0x9e3779b97f4a7c15u;
    return (size_t)(hash >> 32) % TRACED_CALLS_MAX;
}

static void count(struct tracer *t, const struct seccomp_data *data) {
    struct traced_call call = reduced(t, data);
    size_t first = place_of(&call);
    for (size_t i = 0; i < TRACED_CALLS_MAX; i++) {
        struct traced_call *at = &t->table->calls[(first + i) % TRACED_CALLS_MAX];
        if (at->count == 0)
            *at = call;
        else if (!same(at, &call))
            continue;
        at->count++;
        return;
    }
    t->table->beyond++;
}

int tracer_serve(struct tracer *t, short events) {
    union {
        char bytes[NOTIFICATION_BYTES]; /* a later kernel's may be larger than ours */
        struct seccomp_notif notification;
    } asked = {{0}};
    union {
        char bytes[NOTIFICATION_BYTES];
        struct seccomp_notif_resp response;
    } answer = {{0}};
    if (!(events & POLLIN)) { /* whoever was filtered is gone */
        close_fd(&t->listener);
        return 0;
    }
    if (ioctl(t->listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) < 0)
        return errno == ENOENT || errno == EINTR ? 0 : -1; /* killed meanwhile */
    count(t, &asked.notification.data);
    answer.response.id = asked.notification.id;
    answer.response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    if (ioctl(t->listener, SECCOMP_IOCTL_NOTIF_SEND, &answer) < 0)
        return errno == ENOENT ? 0 : -1;
    return 0;
}

/* Bytes and at most one descriptor, which ends what one call gives; the last byte then means nothing and is not counted. */
static ssize_t receive(struct tracer *t, int status, void *to, size_t size) {
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {0};
    struct iovec iov = {.iov_base = to, .iov_len = size};
    struct msghdr message = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t got = recvmsg(status, &message, MSG_CMSG_CLOEXEC);
    struct cmsghdr *header = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (!header || header->cmsg_type != SCM_RIGHTS)
        return got;
    const uint64_t flags = SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP;
    memcpy(&t->listener, CMSG_DATA(header), sizeof t->listener);
    (void)ioctl(t->listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, flags); /* only faster; Linux 6.6 */
    return got - 1;
}

ssize_t tracer_read(struct tracer *t, int status, void *to, size_t size) {
    for (;;) {
        struct pollfd fds[2] = {{.fd = status, .events = POLLIN}, {.fd = t->listener, .events = POLLIN}};
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return -1;
        if (fds[0].revents) {
            bool listened = t->listener >= 0;
            ssize_t got = receive(t, status, to, size);
            if (got == 0 && !listened && t->listener >= 0)
                continue; /* the descriptor came alone */
            return got;
        }
        if (fds[1].revents && tracer_serve(t, fds[1].revents) < 0)
            return -1;
    }
}
