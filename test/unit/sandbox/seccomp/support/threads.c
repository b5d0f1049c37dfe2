/* What an ordinary C program does: threads, processes, sockets, names, a terminal. Prints "fine" or says what failed. */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 8 };

static void *add_one(void *sum)
{
    __atomic_fetch_add((int *)sum, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

static void run_threads(void)
{
    pthread_t threads[THREADS];
    int sum = 0;
    for (int i = 0; i < THREADS; i++) {
        if (pthread_create(&threads[i], NULL, add_one, &sum) != 0) errx(1, "pthread_create");
    }
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    if (sum != THREADS) errx(1, "%d threads ran", sum);
}

static void run_processes(void)
{
    char *argv[] = {"true", NULL};
    char *env[] = {NULL};
    int status = -1;
    pid_t child = fork();
    if (child == 0) _exit(7);
    if (child < 0 || waitpid(child, &status, 0) != child || WEXITSTATUS(status) != 7) errx(1, "fork");
    if (posix_spawnp(&child, "true", NULL, NULL, argv, env) != 0) errx(1, "posix_spawn");
    if (waitpid(child, &status, 0) != child || status != 0) errx(1, "true");
    if (system("exit 0") != 0 || pclose(popen("cat >&2", "w")) != 0) errx(1, "system or popen");
}

static void open_sockets(void)
{
    int pair[2];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) err(1, "socketpair");
    int error = getaddrinfo("127.0.0.1", "80", &hints, &found);
    if (error != 0) errx(1, "getaddrinfo: %s", gai_strerror(error));
    int s = socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, found->ai_protocol);
    if (s < 0 || listen(s, 1) != 0) err(1, "socket");
    freeaddrinfo(found);
}

static void open_terminal(void)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0) err(1, "pty");
    if (!isatty(terminal)) err(1, "isatty");
}

int main(void)
{
    run_threads();
    run_processes();
    open_sockets();
    open_terminal();
    puts("fine");
    return 0;
}
