// Going back: a snapshot of a scenario is the machine, what was heard of it, and the script with
// all that it has said and planned. The script's part is copied as bytes
// (scenarios/script/replica.h). Read scenarios/script/scenario.h first.
// Read next: scenarios/script/past.h.
#include "scenarios/script/api.h"

#include <stddef.h>
#include <stdlib.h>

// About what an earlier world takes, beside its RAM, while a snapshot holds it: its harts with
// their TLBs, and the code that the engine has made.
#define WORLD_BYTES (256u << 10)

struct scenario_snapshot {
    struct replica *script;
    u32 resumes;
    bool apart;          // a lab's test had machines apart from the stage, and those were not saved
    struct stage *stage; // NULL: the script had no world yet; then the next three are NULL, too
    struct snapshot *machine;
    struct consoles_mark *consoles;
    struct counters_mark *counters;
    struct saved_pages log;
};

// ---- the script

static struct replica *script_replica(struct scenario *sc)
{
    size_t fixed = offsetof(struct scenario, status);
    struct replica_piece pieces[] = {
        sandbox_memory(sc->sandbox),
        {(u8 *)sc + fixed, sizeof *sc - fixed},
        {sc->checks, sc->check_count * sizeof *sc->checks},
        {sc->marks, sc->mark_count * sizeof *sc->marks},
        {sc->options.lab, sc->options.lab ? sizeof *sc->options.lab : 0},
    };
    return replica_new(pieces, sizeof pieces / sizeof *pieces, sc->replica);
}

// The next replica of the script will share with this one.
static void keep_replica(struct scenario *sc, struct replica *replica)
{
    replica_hold(replica);
    replica_free(sc->replica);
    sc->replica = replica;
}

// ---- the stage

static bool save_stage(struct scenario *sc, struct scenario_snapshot *s)
{
    if (!sc->stage)
        return true;
    s->stage = sc->stage;
    s->stage->references++;
    s->machine = machine_snapshot(sc->world->machine);
    s->consoles = consoles_mark(sc->stage->consoles);
    s->counters = counters_mark(&sc->stage->counters);
    return s->machine && s->consoles && s->counters && pages_save(&sc->stage->log, &s->log);
}

// The stage of the snapshot takes the place of the present one.
static void change_stage(struct scenario *sc, struct stage *stage)
{
    if (sc->stage == stage)
        return;
    if (sc->stage && sc->stage->references > 1)
        machine_rest(sc->world->machine);
    stage_release(sc->stage);
    sc->stage = stage;
    sc->world = stage ? stage->world : NULL;
    if (stage)
        stage->references++;
}

static void restore_stage(struct scenario *sc, const struct scenario_snapshot *s)
{
    machine_restore(sc->world->machine, s->machine);
    machine_input_forget(sc->world->machine); // whoever drives the scenario types it again, or not
    consoles_return(sc->stage->consoles, s->consoles);
    counters_return(&sc->stage->counters, s->counters);
    pages_restore(&sc->stage->log, &s->log, NULL, NULL);
}

// ---- both

struct scenario_snapshot *scenario_snapshot(struct scenario *sc)
{
    struct scenario_snapshot *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->resumes = sc->resumes;
    s->apart = sc->twin || sc->meter;
    s->script = script_replica(sc);
    if (s->script && save_stage(sc, s)) {
        keep_replica(sc, s->script);
        return s;
    }
    scenario_snapshot_free(s);
    return NULL;
}

bool scenario_can_restore(const struct scenario *sc, const struct scenario_snapshot *s)
{
    return !s->apart || s->resumes == sc->resumes;
}

bool scenario_restore(struct scenario *sc, const struct scenario_snapshot *s)
{
    if (!scenario_can_restore(sc, s))
        return false;
    if (!s->apart) {
        scenario_drop_twin(sc);
        scenario_drop_meter(sc);
    }
    replica_restore(s->script);
    keep_replica(sc, s->script);
    change_stage(sc, s->stage);
    if (s->stage)
        restore_stage(sc, s);
    if (sc->options.recording)
        recording_return(sc->options.recording, sc->worlds, s->stage ? sc->world->machine : NULL);
    sc->paused = false;
    return true;
}

bool scenario_snapshot_same_page(const struct scenario_snapshot *a,
                                 const struct scenario_snapshot *b, mpa address)
{
    return a->stage && a->stage == b->stage && snapshot_same_page(a->machine, b->machine, address);
}

size_t scenario_snapshot_bytes(const struct scenario_snapshot *s,
                               const struct scenario_snapshot *before)
{
    static const struct scenario_snapshot none;
    const struct scenario_snapshot *shared = before ? before : &none;
    size_t bytes = sizeof *s + replica_bytes(s->script, shared->script);
    if (!s->stage)
        return bytes;
    bool same_world = s->stage == shared->stage;
    bytes += snapshot_bytes(s->machine, same_world ? shared->machine : NULL);
    bytes += consoles_mark_bytes(s->consoles, same_world ? shared->consoles : NULL);
    bytes += counters_mark_bytes(s->counters, same_world ? shared->counters : NULL);
    bytes += saved_pages_bytes(&s->log, same_world ? &shared->log : NULL);
    return same_world ? bytes : bytes + WORLD_BYTES;
}

void scenario_snapshot_free(struct scenario_snapshot *s)
{
    if (!s)
        return;
    replica_free(s->script);
    snapshot_free(s->machine);
    consoles_mark_free(s->consoles);
    counters_mark_free(s->counters);
    pages_drop(&s->log);
    stage_release(s->stage);
    free(s);
}
