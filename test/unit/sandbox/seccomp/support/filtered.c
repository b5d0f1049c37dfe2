/* filtered FILE COMMAND [ARG]... : runs a command under the filter in FILE, an array of struct sock_filter. */
#include <err.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static struct sock_filter code[4096];
    if (argc < 3) errx(125, "usage: filtered FILE COMMAND [ARG]...");

    int file = open(argv[1], O_RDONLY | O_CLOEXEC);
    if (file < 0) err(125, "%s", argv[1]);
    ssize_t length = read(file, code, sizeof code);
    if (length <= 0) err(125, "read %s", argv[1]);

    struct sock_fprog program = {.len = (unsigned short)(length / (ssize_t)sizeof code[0]), .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) err(125, "no_new_privs");
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) err(125, "seccomp");
    execvp(argv[2], argv + 2);
    err(127, "%s", argv[2]);
}
