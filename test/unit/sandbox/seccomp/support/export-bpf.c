/*
 * Builds a filter with libseccomp from the lines on stdin and writes its BPF to stdout; the other half of libseccomp.ts.
 *
 *   arch x86_64|aarch64
 *   default ACTION
 *   rule ACTION NAME NUMBER [INDEX OP VALUE VALUETWO]...
 *   known NAME                    writes "NAME NUMBER" as text instead, for any number of these lines
 *
 * Numbers are in C's notation; ACTION is what the filter returns, OP a value of enum scmp_compare.
 */
#include <err.h>
#include <errno.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_ARGS = 6, LINE_BYTES = 4096 };

static uint64_t next_number(void)
{
    const char *word = strtok(NULL, " \n");
    if (word == NULL) errx(1, "a number is missing");
    return strtoull(word, NULL, 0);
}

static const char *next_word(void)
{
    const char *word = strtok(NULL, " \n");
    if (word == NULL) errx(1, "a word is missing");
    return word;
}

static void check(int result, const char *what)
{
    if (result < 0) errx(1, "%s: %s", what, strerror(-result));
}

static uint32_t parse_arch(const char *name)
{
    return strcmp(name, "x86_64") == 0 ? SCMP_ARCH_X86_64 : SCMP_ARCH_AARCH64;
}

static scmp_filter_ctx start(uint32_t action, uint32_t arch)
{
    scmp_filter_ctx ctx = seccomp_init(action);
    if (ctx == NULL) errx(1, "seccomp_init(0x%x)", action);
    check(seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS), "bad arch action");
    if (arch == seccomp_arch_native()) return ctx;
    check(seccomp_arch_add(ctx, arch), "seccomp_arch_add");
    check(seccomp_arch_remove(ctx, seccomp_arch_native()), "seccomp_arch_remove");
    return ctx;
}

static void add_rule(scmp_filter_ctx ctx, uint32_t arch)
{
    struct scmp_arg_cmp args[MAX_ARGS];
    unsigned int count = 0;
    uint32_t action = (uint32_t)next_number();
    const char *name = next_word();
    int number = (int)next_number();

    for (const char *index; (index = strtok(NULL, " \n")) != NULL; count++) {
        if (count == MAX_ARGS) errx(1, "too many arguments for %s", name);
        args[count].arg = (unsigned int)strtoul(index, NULL, 0);
        args[count].op = (enum scmp_compare)next_number();
        args[count].datum_a = next_number();
        args[count].datum_b = next_number();
    }
    /* Rules are written with native numbers; natively, numbers that libseccomp has no name for will do as well. */
    if (arch != seccomp_arch_native()) number = seccomp_syscall_resolve_name(name);
    check(seccomp_rule_add_exact_array(ctx, action, number, count, args), name);
}

int main(void)
{
    char line[LINE_BYTES];
    uint32_t arch = 0;
    scmp_filter_ctx ctx = NULL;

    /* Do not ask the running kernel what it can: the result would depend on it. */
    check(seccomp_api_set(5), "seccomp_api_set");
    while (fgets(line, sizeof line, stdin) != NULL) {
        const char *verb = strtok(line, " \n");
        if (verb == NULL) continue;
        if (strcmp(verb, "arch") == 0) arch = parse_arch(next_word());
        else if (strcmp(verb, "default") == 0) ctx = start((uint32_t)next_number(), arch);
        else if (strcmp(verb, "rule") == 0) add_rule(ctx, arch);
        else if (strcmp(verb, "known") == 0) {
            const char *name = next_word();
            printf("%s %d\n", name, seccomp_syscall_resolve_name_arch(arch, name));
        } else errx(1, "unknown line: %s", verb);
    }
    if (ctx != NULL) check(seccomp_export_bpf(ctx, STDOUT_FILENO), "seccomp_export_bpf");
    seccomp_release(ctx);
    return 0;
}
