// Counting what follows an exit. Read scenarios/world/multiply.h first.
// Read next: scenarios/world/report.h.
#include "scenarios/world/multiply.h"

// The level of a VM that is the watched guest or one of the VMMs above it; 0 for any other VM.
static u32 level_on_way(const struct multiplied *m, const struct vm_path *path)
{
    u32 level = 0;
    while (level < EVENT_DEPTH && path->id[level] && path->id[level] == m->guest.id[level])
        level++;
    return level < EVENT_DEPTH && path->id[level] ? 0 : level;
}

// The hart has left U. What ran there belonged to the VM e->by, at this level. What ran before
// that, since the hart last left U, was the outermost VMM in K.
static void count_run(struct multiplied *m, const struct event *e, u32 level)
{
    u8 cause = m->hart[e->hart].cause;
    struct effort *outermost = &m->by[cause][0], *own = &m->by[cause][level];
    u64 retired = e->retired - m->hart[e->hart].retired,
        charged = e->charged - e->cost - m->hart[e->hart].charged;
    outermost->instructions += retired - e->ran;
    outermost->cycles += retired - e->ran + charged - e->ran_cost;
    own->instructions += e->ran;
    own->cycles += e->ran + e->ran_cost;
}

static void end_stay(struct multiplied *m, const struct event *e)
{
    u32 level = level_on_way(m, &e->by), depth = vm_path_length(&m->guest);
    if (m->hart[e->hart].open && level && level < depth)
        count_run(m, e, level);
    else if (m->hart[e->hart].open && level == depth) {
        // The guest went on at last. What it ran itself is no work of the VMMs.
        struct event back = *e;
        back.retired -= e->ran;
        back.charged -= e->ran_cost;
        back.ran = back.ran_cost = 0;
        count_run(m, &back, 0);
    }
    m->hart[e->hart].retired = e->retired;
    m->hart[e->hart].charged = e->charged - e->cost;
}

static void add_exit(struct multiplied *m, const struct event *e)
{
    u32 level = level_on_way(m, &e->path), depth = vm_path_length(&m->guest);
    u8 cause = (u8)counters_index(e->note.cause);
    if (level == depth) {
        m->hart[e->hart].open = true;
        m->hart[e->hart].cause = cause;
        m->count[cause]++;
    } else if (!level) {
        m->hart[e->hart].open = false; // another guest has the hart
    }
}

void multiply_add(struct multiplied *m, const struct event *e)
{
    u32 depth = vm_path_length(&m->guest);
    if (!depth)
        return;
    if (vm_path_length(&e->by))
        end_stay(m, e);
    if (e->note.kind == EVENT_EXIT) {
        add_exit(m, e);
        return;
    }
    bool outcome = e->note.kind == EVENT_EMULATE || e->note.kind == EVENT_FILL ||
                   e->note.kind == EVENT_REFLECT || e->note.kind == EVENT_PREEMPT;
    if (outcome && m->hart[e->hart].open && level_on_way(m, &e->path) && e->level < depth)
        m->by[m->hart[e->hart].cause][e->level].exits++;
}

u64 multiply_sum(const struct multiplied *m, struct effort to[EVENT_DEPTH])
{
    u64 exits = 0;
    for (u32 level = 0; level < EVENT_DEPTH; level++)
        to[level] = (struct effort){0};
    for (u32 i = 0; i < COUNTERS_CAUSES; i++) {
        exits += m->count[i];
        for (u32 level = 0; level < EVENT_DEPTH; level++) {
            to[level].exits += m->by[i][level].exits;
            to[level].instructions += m->by[i][level].instructions;
            to[level].cycles += m->by[i][level].cycles;
        }
    }
    return exits;
}
