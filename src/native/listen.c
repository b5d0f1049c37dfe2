/* Where further clients connect: a socket in a directory of our user's, and nobody else's. */
#include "launcher.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Out of descriptors or memory. Whoever waits in the backlog stays ready, so looking at once would be all that we do. */
static const uint64_t PAUSE_NS = 50000000u;

static struct watch listener = {.fd = -1};
static uint64_t paused_until;

static void pause_listening(void) {
    watch_change(&listener, 0);
    paused_until = now_ns() + PAUSE_NS;
}

uint64_t listen_tick(uint64_t now) {
    if (paused_until && paused_until <= now) {
        paused_until = 0;
        watch_change(&listener, EPOLLIN);
    }
    return paused_until;
}

static void accept_client(struct watch *watch, uint32_t events) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    (void)events;
    cleanup_fd int fd = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
            pause_listening();
        return;
    }
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 || peer.uid != geteuid())
        return;
    if (connection_open(fd, false) == 0)
        fd = -1;
}

int listen_at(const char *path, struct failure *f) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (listener.fd >= 0)
        return fail(f, STEP_LISTEN, EALREADY, "already listening");
    if (path[0] != '/') /* an empty one would be an abstract address, which no directory protects */
        return fail(f, STEP_LISTEN, EINVAL, "not an absolute path");
    if (strlen(path) >= sizeof address.sun_path)
        return fail(f, STEP_LISTEN, ENAMETOOLONG, "%s", path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    cleanup_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 64) < 0 ||
        watch_open(&listener, fd, EPOLLIN, accept_client) < 0)
        return fail(f, STEP_LISTEN, errno, "%s", path);
    fd = -1;
    return 0;
}
