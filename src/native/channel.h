/* The packets between launcher, keeper and init. All three are this one binary, so plain structs travel.
 *
 *   launcher -> keeper   SOURCES (descriptors of the plan), then SPAWN with [channel, stdin, stdout, stderr, plan, cgroup]; RESET
 *   keeper -> launcher   UP, SPAWNED with [pidfd of init], RESET_DONE, FAILED
 *   launcher -> init     GO, SIGNAL, KILL, USAGE
 *   init -> launcher     READY with [terminal?] [mount namespace, root]?, STARTED, FAILED, USAGE, EXITED
 */
#pragma once
#include "common.h"

enum packet_kind {
    PACKET_SOURCES = 1, PACKET_SPAWN, PACKET_RESET, PACKET_UP, PACKET_SPAWNED, PACKET_RESET_DONE, PACKET_FAILED,
    PACKET_GO, PACKET_SIGNAL, PACKET_KILL, PACKET_USAGE, PACKET_READY, PACKET_STARTED, PACKET_EXITED,
};

struct exit_report {
    int32_t wait_status;
    uint32_t exec_reached;
    uint64_t start_ns, exit_ns;
    uint64_t user_ns, system_ns, max_rss_bytes;
    uint64_t voluntary_switches, involuntary_switches;
    uint64_t disk_used_bytes, inodes_used;
    uint32_t usage_known, disk_known;
};

/* What all processes of a run use, as far as a look at them tells. */
struct look {
    uint64_t cpu_ns;
    uint64_t memory_bytes, pids;   /* 0 = not known */
};

struct packet {
    uint32_t kind;
    uint32_t flags;      /* SPAWN: spaces; RESET: RESET_*; SIGNAL: number; USAGE: USAGE_FOR_* */
    uint64_t value;      /* SOURCES: index of the first; SPAWN: size of the plan; SPAWNED: pid; STARTED: time in ns */
    union {
        struct failure failure;
        struct exit_report exited;
        struct look look;    /* USAGE, answered */
    };
};

enum { USAGE_FOR_LIMIT, USAGE_FOR_SAMPLE, USAGE_FOR_WATCH };
enum { RESET_NETWORK = 1, RESET_KEYS = 2, RESET_CHILDREN = 4 };
enum { PACKET_FDS_MAX = 250 };

int packet_pair(int fds[2]);
/* 0, or -1 with errno. Descriptors are copied, not given away. */
int packet_send(int socket, const struct packet *packet, const int *fds, size_t count);
/* 1 = a packet, 0 = the other side is gone, -1 = errno. Unused slots of `fds` are -1. Received ones are close-on-exec. */
int packet_receive(int socket, struct packet *packet, int *fds, size_t capacity, size_t *count, bool wait);
