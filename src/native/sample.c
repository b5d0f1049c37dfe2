/* What a run uses while it is under way, told to its client as often as the plan asks for. Nothing waits for a sample: one
 * that its client has no room for is left out, and so is one that comes too late. */
#include "launcher.h"

void run_send_sample(struct run *run, uint64_t now, const struct sample *s) {
    size_t mark;
    if (!run->connection || connection_congested(run->connection))
        return;
    struct buffer *b = frame_begin(run->connection, MESSAGE_SAMPLE, run->id, &mark);
    if (!b)
        return;
    buffer_u64(b, cgroup_since(now, run->started_ns));
    for (uint32_t figure = 1; figure < FIGURE_COUNT; figure++)
        if (s->known[figure]) {
            buffer_u32(b, figure);
            buffer_u64(b, s->value[figure]);
        }
    frame_end(run->connection, mark);
}

void run_sample(struct run *run, uint64_t now) {
    static const struct packet ask = {.kind = PACKET_USAGE, .flags = USAGE_FOR_SAMPLE};
    uint64_t interval = run->plan.limits[LIMIT_SAMPLE_INTERVAL_NS];
    struct sample s = {0};
    run->sample_deadline += interval;
    if (run->sample_deadline <= now)
        run->sample_deadline = now + interval;
    if (run->slot->has_cgroup) {
        cgroup_slot_sample(&run->slot->cgroup, &s);
        run_send_sample(run, now, &s);
    } else {
        (void)packet_send(run->channel.fd, &ask, NULL, 0); /* init is gone or far behind: then this one is left out */
    }
}
