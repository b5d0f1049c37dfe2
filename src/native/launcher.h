/* The launcher's own parts and what they know of each other: connections ask for runs, runs need slots. */
#pragma once
#include "cgroup.h"
#include "channel.h"
#include "loop.h"
#include "ordinary.h"

struct run;
struct slot;

struct connection {
    struct watch watch;
    struct buffer in, out;
    struct connection *next;
    bool greeted, control, dead;
    bool stalled;          /* somebody did not send for want of room, and must be told when there is some */
};

struct stream {
    struct watch watch;
    uint32_t number;       /* 1 = stdout, 2 = stderr */
    uint64_t bytes, credit;
    bool truncated;
};

enum run_state { RUN_WAITING, RUN_SPAWNING, RUN_RUNNING, RUN_DRAINING, RUN_COLLECTING };

struct run {
    struct run *next;
    struct connection *connection;   /* NULL once its client is gone */
    uint32_t id;
    enum run_state state;
    struct plan plan;
    struct slot *slot;
    struct watch channel;
    struct stream streams[2];
    struct watch input;
    struct buffer input_data;
    bool input_closed;
    int hold;                        /* an open file with a shared lock; -1 = none */
    int trace;                       /* where the program's calls are counted; -1 = nowhere */
    int terminal;                    /* the pty master, for its window size; -1 = none */
    int mount_namespace, root;       /* keep the files readable after the end */
    struct collector *collector;
    bool ready, spawned, kill_wanted, given_back;
    uint64_t early_signals;          /* bit n-1: signal n came before there was a program to send it to */
    uint32_t cause;
    struct failure failure;
    struct exit_report exited;
    bool has_exited;
    struct usage usage;
    struct look peak;                /* the most of each figure that was seen */
    uint64_t asked_ns, taken_ns, go_ns, started_ns, end_ns;
    uint64_t setup_deadline, wall_deadline, cpu_deadline, sample_deadline, watch_deadline, force_deadline;   /* 0 = none */
    bool unanswered;                 /* its init was asked and has not answered */
    unsigned blind;                  /* looks in a row that saw nobody */
    uint64_t watch_step;             /* from one look to the next: short ones first, since many programs are short */
};

enum slot_state { SLOT_STARTING, SLOT_FREE, SLOT_BUSY, SLOT_RESETTING };

struct slot {
    struct slot *next;
    struct watch keeper, init, oom;
    enum slot_state state;
    uint32_t spaces;       /* which of SPACE_USER, SPACE_NETWORK, SPACE_CGROUP, SPACE_CALLER_* it keeps */
    unsigned number;
    uint32_t id_base;
    pid_t keeper_pid;
    int keeper_outside;    /* the pidfd of one that is not our child; -1 = it is */
    int user_namespace;
    struct cgroup_slot cgroup;
    bool has_cgroup;
    bool spawning;         /* the keeper was asked for an init and has not answered yet */
    struct run *run;
    int hold;              /* the lock of the run that its init is of; -1 = none */
    uint32_t reset_flags;
    uint32_t reset_uid, reset_gid;
    bool spoiled;          /* a run may have left in it what we could not find */
};

struct settings {
    struct cgroup_config cgroup;
    char runtime_dir[PATH_MAX_BYTES];
    uint32_t id_base;
    bool configured;
};
extern struct settings settings;

/* connection.c */
int connection_open(int fd, bool control);
/* True = do not send now; run_client_writable is called when there is room. */
bool connection_congested(struct connection *c);
void connection_flush(struct connection *c);
/* Begins a frame and gives the buffer to append its payload to; frame_end writes the length. NULL = client gone. */
struct buffer *frame_begin(struct connection *c, uint32_t type, uint32_t id, size_t *mark);
void frame_end(struct connection *c, size_t mark);
void send_failure(struct connection *c, uint32_t type, uint32_t id, const struct failure *f);

/* listen.c */
int listen_at(const char *path, struct failure *f);
/* The time at which to try again, 0 = none. */
uint64_t listen_tick(uint64_t now);

/* run.c */
void run_request(struct connection *c, uint32_t id, const uint8_t *payload, size_t size);
void run_signal(struct run *run, uint32_t signo);
void run_kill(struct run *run, uint32_t cause);
void run_resize(struct run *run, uint16_t rows, uint16_t columns);
void run_client_gone(struct connection *c);
void run_client_writable(struct connection *c);
void run_spawned(struct run *run);
void run_init_ended(struct run *run);
void run_failed(struct run *run, const struct failure *f);
void run_lost(struct run *run, uint32_t step, int error, const char *what);
bool run_give_back(struct run *run);
void run_channel_event(struct watch *watch, uint32_t events);

/* Sends what is still unread, then goes on to the end of the run; call again when the client has read. */
void run_drain(struct run *run);

/* run_list.c */
struct run *run_list_first(void);
void run_list_add(struct run *run);
void run_list_remove(struct run *run);
struct run *run_find(const struct connection *c, uint32_t id);
/* What the run needs of its slot: which kind of slot it waits for. */
uint32_t run_slot_spaces(const struct run *run);
struct run *run_oldest_waiting(void);
struct run *run_next_waiting(uint32_t spaces);
unsigned run_count_waiting(uint32_t spaces);

/* run_facts.c */
void run_note_usage(struct run *run);
void run_send_trace(struct run *run);
void run_send_finished(struct run *run);

/* run_limits.c */
void run_program_started(struct run *run, uint64_t at);
void run_usage_answered(struct run *run, const struct packet *packet);
/* Does what is due, and gives the time at which to come again; 0 = none. */
uint64_t run_tick(uint64_t now);

/* launch.c */
void run_launch(struct run *run, struct slot *slot);

/* stdio_streams.c */
int stream_open(struct run *run, int index, int fd);
void stream_events(struct stream *s, const struct run *run);
/* Reads once. False = nothing more for now. */
bool stream_pump(struct stream *s, struct run *run);
void run_credit(struct run *run, uint32_t stream, uint32_t bytes);
int input_open(struct run *run, int fd);
void input_pump(struct run *run);
void run_input(struct run *run, struct bytes data);
void run_input_close(struct run *run);

/* slot.c */
void slots_assign(void);
void slot_let_go(struct slot *slot);
void slot_broken(struct slot *slot, const struct failure *f);
/* The same for a keeper that died: a run that had no init yet goes to another slot. */
void slot_keeper_died(struct slot *slot, const struct failure *f);
void slot_close_all(void);
void slot_keeper_event(struct watch *watch, uint32_t events);

/* sample.c */
void run_sample(struct run *run, uint64_t now);
void run_send_sample(struct run *run, uint64_t now, const struct sample *s);

/* slot_start.c: -1 = it is not up, and is to be closed */
int slot_start(struct slot *slot, struct failure *f);

/* sources.c */
int sources_open(const struct plan *p, const struct slot *slot, int *fds, struct failure *f);

/* collect.c: streams the files that the plan asked for; true when all are sent, false = call again when writable */
struct collector *collector_new(void);
bool collector_step(struct collector *k, struct run *run);
void collector_free(struct collector *k);

/* probe.c */
int probe_main(const char *runtime_dir);
