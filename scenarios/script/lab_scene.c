// The scene of a failure: the moment at which a twin found a difference, once more on a machine of
// its own. All of it is what the machine did: which traps came last, and which line of the
// student's code ran last. Read scenarios/script/lab.h and api.h first.
#include "scenarios/script/api.h"

#include "scenarios/host/files.h"

#include <inttypes.h>
#include <string.h>

#define STEPS_STEPPED 50000 // so many are run one by one, to see which line of code runs
#define IMAGE_MOST (16u << 20)

// What ran of one of the student's files.
struct trail {
    u32 line;              // the last one; 0: none so far
    u32 before[LAB_LINES]; // and those before it, the latest first
    u64 turn;              // of the VMM, the one in which that was
    u32 steps;             // that the machine took in this file in that turn
};

struct looking {
    struct machine *m;
    struct lab_scene *scene;
    struct lines lines; // of the VMM that the student's code is part of
    u64 turn;           // how often the VMM got the hart, so far
    struct trail trail[LAB_FILES_MAX];
};

// ---- the traps

// "illegal-insn       80400a14  csrr a0, scause". The oldest line makes room.
static void add_trap(struct looking *l, const struct hart_exit *exit)
{
    struct lab_scene *scene = l->scene;
    char insn[64] = "";
    if (scene->traps == LAB_TRAPS)
        memmove(scene->trap[0], scene->trap[1], (LAB_TRAPS - 1) * sizeof scene->trap[0]);
    else
        scene->traps++;
    if (exit->insn)
        isa_disasm(exit->insn, exit->pc, machine_config(l->m)->profile, insn, sizeof insn);
    else if (exit->tval)
        snprintf(insn, sizeof insn, "at %08" PRIx32, exit->tval);
    const struct cause_info *cause = isa_cause_find(exit->cause);
    snprintf(scene->trap[scene->traps - 1], LAB_TRAP, "%-18s %08" PRIx32 "  %s",
             cause ? cause->name : "unknown", exit->pc, insn);
}

// Runs to the machine's step `to`, or until nothing more can happen, and keeps the last traps out
// of user mode. A run ends at each border of mode K, and none of them takes a step.
static void run_to(struct looking *l, u64 to)
{
    while (machine_steps(l->m) < to) {
        u64 before = machine_steps(l->m);
        enum stop stop = machine_run(l->m, to - before);
        const struct border *border = machine_border(l->m);
        l->turn += border->kind == BORDER_LEFT;
        if (border->kind == BORDER_LEFT && border->exit.taken)
            add_trap(l, &border->exit);
        bool at_border = border->kind != BORDER_NONE;
        if (!at_border && stop != STOP_STEPS && stop != STOP_ASKED)
            return;
    }
}

// ---- the line of the student's code

// If the hart is in the VMM, in a file of the student's, returns the number of the file, and the
// line in *line. Otherwise returns LAB_FILES_MAX.
static u32 file_at(struct looking *l, const struct lab *lab, u32 *line)
{
    const struct hart_state *h = machine_hart(l->m, 0);
    const char *path;
    if (h->mode != MODE_K || !lines_find(&l->lines, h->pc, &path, line))
        return LAB_FILES_MAX;
    const char *slash = strrchr(path, '/');
    for (u32 i = 0; i < lab->files; i++)
        if (!strcmp(lab->file[i].name, slash ? slash + 1 : path))
            return i;
    return LAB_FILES_MAX;
}

static void look_at_line(struct looking *l, const struct lab *lab)
{
    u32 line, file = file_at(l, lab, &line);
    if (file == LAB_FILES_MAX)
        return;
    struct trail *trail = &l->trail[file];
    if (trail->turn != l->turn)
        trail->steps = 0;
    trail->turn = l->turn;
    trail->steps++;
    if (trail->line && line != trail->line) {
        memmove(trail->before + 1, trail->before, (LAB_LINES - 1) * sizeof *trail->before);
        trail->before[0] = trail->line;
    }
    trail->line = line;
}

static void name_line(struct looking *l, const struct lab *lab, u32 file)
{
    const struct trail *trail = &l->trail[file];
    snprintf(l->scene->source, sizeof l->scene->source, "%.80s:%" PRIu32, lab->file[file].name,
             trail->line);
    memcpy(l->scene->before, trail->before, sizeof l->scene->before);
}

// Several files may have had a part in what the VMM did last. For example, a device does its work,
// and then another one is asked for its interrupt. The file in which the hart took most steps is
// the one to be looked at.
static void choose_file(struct looking *l, const struct lab *lab)
{
    u32 best = 0;
    for (u32 i = 1; i < lab->files; i++) {
        const struct trail *one = &l->trail[i], *other = &l->trail[best];
        if (one->turn > other->turn || (one->turn == other->turn && one->steps > other->steps))
            best = i;
    }
    if (l->trail[best].line)
        name_line(l, lab, best);
}

static void step_to(struct looking *l, const struct lab *lab, u64 to)
{
    for (u64 steps = machine_steps(l->m); steps < to; steps = machine_steps(l->m)) {
        look_at_line(l, lab);
        run_to(l, steps + 1);
        if (machine_steps(l->m) == steps)
            return;
    }
}

// Only a VMM that was built of the submission has lines of the student's.
static void open_lines(struct looking *l, const struct scenario *sc)
{
    char error[WORLD_ERROR];
    size_t size;
    const char *built = sc->options.lab->built, *vmm = sc->twin_plan->vmm_image;
    if (!*built || !sc->twin_plan->t32 || !vmm || strcmp(vmm, built))
        return;
    char *image = file_text(built, IMAGE_MOST, &size, error, sizeof error);
    if (image)
        lines_from_elf(&l->lines, (u8 *)image, size); // which now owns the bytes
}

// ---- the line that wrote a wrong entry

static u32 word_at(struct machine *m, mpa at)
{
    u32 word = 0;
    machine_read(m, at, &word, sizeof word);
    return word;
}

// The last piece of the way, of STEPS_STEPPED steps, in which the word got the value that it ends
// with. Returns the step at which the piece begins.
static u64 find_change(struct looking *l, mpa entry, u64 to)
{
    u64 found = 0;
    u32 word = word_at(l->m, entry);
    for (u64 at = 0; at < to; at += STEPS_STEPPED) {
        run_to(l, at + STEPS_STEPPED < to ? at + STEPS_STEPPED : to);
        if (word_at(l->m, entry) != word)
            found = at;
        word = word_at(l->m, entry);
    }
    return found;
}

// Finds the student's line that wrote this entry of a page table. Returns false, with no line, if
// it was none of the student's lines.
static bool find_writer(struct looking *l, const struct lab *lab, mpa entry, u64 to)
{
    struct snapshot *start = machine_snapshot(l->m);
    if (!start)
        return false;
    u64 from = find_change(l, entry, to);
    u32 last = word_at(l->m, entry);
    machine_restore(l->m, start);
    run_to(l, from);
    bool found = false;
    for (u64 i = 0; i < STEPS_STEPPED && machine_steps(l->m) < to; i++) {
        u32 line, before = word_at(l->m, entry), file = file_at(l, lab, &line);
        *l->scene->source = 0;
        look_at_line(l, lab);
        if (file != LAB_FILES_MAX)
            name_line(l, lab, file);
        run_to(l, machine_steps(l->m) + 1);
        found = before != word_at(l->m, entry) && word_at(l->m, entry) == last;
        if (found)
            break;
    }
    machine_restore(l->m, start);
    snapshot_free(start);
    return found && *l->scene->source;
}

// ---- the scene

// The line of the guest's own source, if its image says so, or if it was assembled here.
static void look_at_guest(struct world *w, const struct twin_difference *d, struct lab_scene *scene)
{
    const char *path;
    u32 line;
    if (d->guest >= w->guests || w->guest[d->guest].is_vmm ||
        !lines_find(&w->guest[d->guest].loaded.lines, d->pc, &path, &line))
        return;
    const char *slash = strrchr(path, '/');
    snprintf(scene->guest, sizeof scene->guest, "%.80s:%" PRIu32, slash ? slash + 1 : path, line);
}

static void hear(void *context, const struct event *e)
{
    struct lab_scene *scene = context;
    scene->seq = e->seq;
}

void lab_scene_take(struct scenario *sc, struct lab_scene *scene)
{
    const struct twin_difference *d = sc->twin ? twin_difference(sc->twin->twin) : NULL;
    enum status why;
    char error[WORLD_ERROR];
    *scene = (struct lab_scene){.there = false};
    struct world *w = d ? world_new(sc->twin_plan, &why, error, sizeof error) : NULL;
    if (!w)
        return;
    struct looking l = {.m = w->machine, .scene = scene};
    open_lines(&l, sc);
    machine_watch_border(l.m, true);
    scene->wrote = d->entry && find_writer(&l, sc->options.lab, d->entry, d->steps);
    struct lab_scene writer = *scene;
    *scene = (struct lab_scene){.there = true};
    memset(l.trail, 0, sizeof l.trail);
    machine_listen(l.m, EVENT_ALL, hear, scene);
    run_to(&l, d->steps > STEPS_STEPPED ? d->steps - STEPS_STEPPED : 0);
    step_to(&l, sc->options.lab, d->steps);
    if (writer.wrote) {
        scene->wrote = true;
        memcpy(scene->source, writer.source, sizeof scene->source);
        memcpy(scene->before, writer.before, sizeof scene->before);
    } else {
        choose_file(&l, sc->options.lab);
    }
    look_at_guest(w, d, scene);
    scene->step = d->steps;
    scene->pc = d->pc;
    lines_free(&l.lines);
    world_free(w);
}

// ---- showing it

static int scene_is_shown(lua_State *L, int status, lua_KContext context)
{
    (void)L;
    (void)status;
    (void)context;
    return 0;
}

// What a person who goes back wants to know first.
static void tell(struct scenario *sc, const struct lab_verdict *v)
{
    char text[3 * LAB_TEXT + 64];
    snprintf(text, sizeof text, "expected %s; happened %s; %s", v->expected, v->happened, v->where);
    if (!*v->expected)
        snprintf(text, sizeof text, "%s", v->message);
    if (sc->options.printed)
        sc->options.printed(sc->options.context, text);
}

int lab_scene_show(lua_State *L)
{
    struct scenario *sc = scenario_of(L);
    const struct twin_difference *d = twin_difference(sc->twin->twin);
    u64 steps = d ? d->steps : machine_steps(sc->twin->world->machine);
    tell(sc, &sc->options.lab->verdict);
    scenario_drop_world(sc);
    sc->generation++;
    sc->plan = *sc->twin_plan; // whose strings Lua keeps
    sc->has_vmm = true;
    sc->options.limit = 0;
    scenario_need_world(L);
    sc->options.lab->moment = sc->spent + steps;
    return scenario_run_for(L, steps, sc->twin_line, scene_is_shown);
}
