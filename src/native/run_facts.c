/* What is known of a run at its end, and the message that says it. Twin: readFacts in src/launcher/facts.ts. */
#include "launcher.h"
#include "seccomp_trace.h"

static void note_exit_usage(struct run *run) {
    const struct exit_report *e = &run->exited;
    struct usage *u = &run->usage;
    if (e->usage_known) {
        usage_set(u, METRIC_RUSAGE_CPU_NS, e->user_ns + e->system_ns);
        usage_set(u, METRIC_RUSAGE_USER_NS, e->user_ns);
        usage_set(u, METRIC_RUSAGE_SYSTEM_NS, e->system_ns);
        usage_set(u, METRIC_RUSAGE_MAX_RSS_BYTES, e->max_rss_bytes);
        usage_set(u, METRIC_VOLUNTARY_SWITCHES, e->voluntary_switches);
        usage_set(u, METRIC_INVOLUNTARY_SWITCHES, e->involuntary_switches);
    }
    if (e->disk_known) {
        usage_set(u, METRIC_DISK_USED_BYTES, e->disk_used_bytes);
        usage_set(u, METRIC_INODES_USED, e->inodes_used);
    }
}

/* A program that ended between two looks may have had more than any of them saw. */
static void note_looks(struct run *run) {
    struct usage *u = &run->usage;
    uint64_t largest = run->has_exited ? run->exited.max_rss_bytes : 0;
    if (run->peak.memory_bytes)
        usage_set(u, METRIC_SAMPLED_MEMORY_PEAK_BYTES, run->peak.memory_bytes > largest ? run->peak.memory_bytes : largest);
    if (run->plan.limits[LIMIT_WATCH_INTERVAL_NS] && run->go_ns) /* one there was, however short it was */
        usage_set(u, METRIC_SAMPLED_PIDS_PEAK, run->peak.pids ? run->peak.pids : 1);
    if (run->plan.limits[LIMIT_WATCH_INTERVAL_NS] && run->plan.limits[LIMIT_MEMORY_BYTES] && run->has_exited)
        usage_set(u, METRIC_OOM_KILLS, run->cause == CAUSE_MEMORY);
}

void run_note_usage(struct run *run) {
    struct usage *u = &run->usage;
    if (run->slot && run->slot->has_cgroup && run->go_ns)
        cgroup_slot_usage(&run->slot->cgroup, u);
    note_looks(run);
    /* Told by the kernel that it must kill for memory, we may have been faster than it. */
    if (run->cause == CAUSE_MEMORY && u->value[METRIC_OOM_KILLS] == 0)
        usage_set(u, METRIC_OOM_KILLS, 1);
    if (run->has_exited)
        note_exit_usage(run);
    if (run->taken_ns)
        usage_set(u, METRIC_QUEUE_NS, run->taken_ns - run->asked_ns);
    if (run->go_ns) {
        uint64_t start = run->exited.start_ns ? run->exited.start_ns : run->go_ns;
        uint64_t end = run->has_exited && run->exited.exit_ns ? run->exited.exit_ns : run->end_ns;
        usage_set(u, METRIC_SETUP_NS, start - run->taken_ns);
        usage_set(u, METRIC_WALL_NS, end > start ? end - start : 0);
    }
}

static void put_metrics(struct buffer *b, const struct usage *u) {
    for (uint32_t metric = 1; metric < METRIC_COUNT; metric++)
        if (u->known[metric]) {
            buffer_u32(b, metric);
            buffer_u64(b, u->value[metric]);
        }
}

static void put_trace(struct buffer *b, const struct trace_table *table) {
    buffer_u64(b, table->beyond);
    for (size_t i = 0; i < TRACED_CALLS_MAX; i++) {
        const struct traced_call *call = &table->calls[i];
        if (call->count == 0)
            continue;
        buffer_u32(b, call->arch);
        buffer_u32(b, call->number);
        buffer_u64(b, call->count);
        for (int arg = 0; arg < 6; arg++)
            buffer_u64(b, call->args[arg]);
    }
}

/* Twin: readTrace in src/launcher/facts.ts. Counts may still grow while this is read, of processes that are being killed. */
void run_send_trace(struct run *run) {
    static struct trace_table table;
    size_t mark;
    if (run->trace < 0)
        return;
    ssize_t got = pread(run->trace, &table, sizeof table, trace_offset(run->plan.size));
    struct buffer *b = got == sizeof table ? frame_begin(run->connection, MESSAGE_TRACE, run->id, &mark) : NULL;
    if (!b)
        return;
    put_trace(b, &table);
    frame_end(run->connection, mark);
}

void run_send_finished(struct run *run) {
    size_t mark;
    struct buffer *b = frame_begin(run->connection, MESSAGE_FINISHED, run->id, &mark);
    if (!b)
        return;
    buffer_u32(b, run->cause);
    buffer_u32(b, run->has_exited);
    buffer_u32(b, (uint32_t)run->exited.wait_status);
    buffer_u32(b, run->exited.exec_reached);
    buffer_u32(b, (uint32_t)run->streams[0].truncated | (uint32_t)run->streams[1].truncated << 1);
    buffer_u32(b, run->failure.step);
    buffer_u32(b, (uint32_t)run->failure.error);
    buffer_string(b, run->failure.step ? run->failure.detail : "");
    put_metrics(b, &run->usage);
    frame_end(run->connection, mark);
}
