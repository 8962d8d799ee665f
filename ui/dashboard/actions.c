// The actions, one small function each, and the table that finds them. Read ui/dashboard/actions.h
// and ui/dashboard/keys.h first.
#include "ui/dashboard/actions.h"
#include "ui/dashboard/commands.h"
#include "ui/dashboard/pointing.h"
#include "ui/dashboard/words.h"

#include <stdio.h>
#include <string.h>

#define PAGE 10          // rows that a page key moves
#define SCROLL_MOST 4096 // lines, of any pane

// ---- running

static unsigned say_if_over(struct dashboard *d)
{
    static const char *const ends[] = {
        [SCENARIO_DONE] = "the scenario has come to its end; you can look around, q quits",
        [SCENARIO_LIMIT] =
            "the limit of steps is reached; you can look around and go back, q quits",
    };
    enum scenario_status status = scenario_state(d->drive.play.sc);
    if (status == SCENARIO_WAITING)
        return dashboard_say(d, "every guest waits for input: choose one in pane 1, press i, and "
                                "type");
    if (status == SCENARIO_FAILED) // a message would cover the error
        return REFRESH_MODEL;
    return playback_is_over(&d->drive.play) ? dashboard_say(d, ends[status]) : REFRESH_NOTHING;
}

// Before the run goes on from a stop of the script, the stop must be answered. Returns what must
// be refreshed if the person must choose an answer first, else REFRESH_NOTHING.
static unsigned pass_stop(struct dashboard *d)
{
    const struct lesson_stop *stop = scenario_stop(d->drive.play.sc);
    const struct playback *p = &d->drive.play;
    int answered = stop && stop->number <= p->answer_count ? p->answers[stop->number - 1] : -1;
    if (stop && stop->kind == LESSON_ASK && answered >= 0) {
        playback_answer(&d->drive.play, answered); // the run was taken back: the answer still holds
        return REFRESH_NOTHING;
    }
    if (stop && stop->kind == LESSON_ASK)
        return dashboard_say(
            d, "the question comes first: choose an answer and press Enter, or skip it");
    if (stop)
        playback_answer(&d->drive.play, -1);
    return REFRESH_NOTHING;
}

static unsigned act_step(struct dashboard *d, const struct binding *b)
{
    (void)b;
    unsigned refresh = pass_stop(d);
    if (refresh)
        return refresh;
    dashboard_follow_newest(d);
    drive_step(&d->drive);
    return REFRESH_MODEL | say_if_over(d);
}

static unsigned act_back(struct dashboard *d, const struct binding *b)
{
    if (b->action == ACTION_BACK)
        return dashboard_went(d, drive_back(&d->drive));
    if (b->action == ACTION_LAST_TRAP)
        return dashboard_went(d, drive_back_to_trap(&d->drive));
    return dashboard_went(d, drive_back_to_stop(&d->drive));
}

static unsigned act_go(struct dashboard *d, const struct binding *b)
{
    static const u8 goals[ACTIONS] = {
        [ACTION_RUN] = GOAL_RUN, [ACTION_NEXT_TRAP] = GOAL_TRAP, [ACTION_OVER] = GOAL_OVER};
    unsigned refresh = pass_stop(d);
    if (refresh)
        return refresh;
    dashboard_follow_newest(d);
    drive_go(&d->drive, (enum drive_goal)goals[b->action]);
    return REFRESH_MODEL | say_if_over(d);
}

static unsigned act_pause(struct dashboard *d, const struct binding *b)
{
    (void)b;
    drive_go(&d->drive, GOAL_NONE);
    return REFRESH_MODEL;
}

static unsigned act_toggle(struct dashboard *d, const struct binding *b)
{
    (void)b;
    unsigned refresh = d->drive.goal == GOAL_NONE ? pass_stop(d) : REFRESH_NOTHING;
    if (refresh)
        return refresh;
    if (d->drive.goal == GOAL_NONE)
        dashboard_follow_newest(d);
    drive_go(&d->drive, d->drive.goal == GOAL_NONE ? GOAL_RUN : GOAL_NONE);
    return REFRESH_MODEL | say_if_over(d);
}

static unsigned act_speed(struct dashboard *d, const struct binding *b)
{
    u32 speed = d->drive.speed;
    if (b->action == ACTION_FASTER && drive_speeds[speed + 1].name)
        speed++;
    if (b->action == ACTION_SLOWER && speed > 0)
        speed--;
    drive_set_speed(&d->drive, speed);
    return REFRESH_MODEL;
}

// ---- panes

static unsigned act_pane(struct dashboard *d, const struct binding *b)
{
    for (int i = 0; i < PANES; i++)
        if (panes[i]->key == (char)b->key)
            d->state.focus = (u8)i;
    d->state.help = false;
    return REFRESH_SCREEN;
}

static bool has_place(const struct dashboard *d, enum pane_id pane)
{
    struct layout_wish wish = frame_wish(d->rows, d->columns, &d->now, &d->state);
    return layout_has(&wish, pane);
}

// Gives the focus to the next pane, or to the one before, among the panes that have a place on
// the screen. On a small screen, where no pane has a place, all panes take part.
static unsigned act_other_pane(struct dashboard *d, const struct binding *b)
{
    int step = b->action == ACTION_NEXT_PANE ? 1 : PANES - 1, focus = d->state.focus;
    for (int i = 0; i < PANES; i++) {
        focus = (focus + step) % PANES;
        if (has_place(d, (enum pane_id)focus)) {
            d->state.focus = (u8)focus;
            return REFRESH_SCREEN;
        }
    }
    d->state.focus = (u8)((d->state.focus + step) % PANES);
    return REFRESH_SCREEN;
}

static unsigned act_zoom(struct dashboard *d, const struct binding *b)
{
    (void)b;
    // A pane that has no place among the others is shown alone already, so zooming goes back to
    // the others.
    if (!has_place(d, (enum pane_id)d->state.focus) && has_place(d, PANE_TRAPS))
        d->state.focus = PANE_TRAPS;
    else
        d->state.zoomed = !d->state.zoomed;
    return REFRESH_SCREEN;
}

// ---- moving

static unsigned move_trap(struct dashboard *d, i64 by)
{
    u64 newest = d->now.log ? d->now.log->traps : 0,
        first = d->now.log ? traplog_first(d->now.log) : 0;
    i64 to = (i64)d->now.trap + by;
    if (!newest)
        return REFRESH_NOTHING;
    to = to < (i64)first ? (i64)first : to;
    d->now.trap = to > (i64)newest ? newest : (u64)to;
    d->now.follow = d->now.trap == newest;
    return REFRESH_SCREEN;
}

static unsigned move_guest(struct dashboard *d, i64 by)
{
    if (!d->now.vms)
        return REFRESH_NOTHING;
    d->now.chosen = (u32)clamp((int)d->now.chosen + (int)by, 0, (int)d->now.vms - 1);
    d->wish.vcpu = 0;
    d->wish.follow_hart = false;
    d->state.phase = 0; // a phase shows the guest of its trap
    d->state.scroll[PANE_CONSOLE] = 0;
    return REFRESH_MODEL;
}

static unsigned scroll_by(struct dashboard *d, i64 by)
{
    int *scroll = &d->state.scroll[d->state.focus];
    // Pane 8 begins at the running line, so one can scroll up from there, too.
    int least = d->state.focus == PANE_SCENARIO ? -SCROLL_MOST : 0;
    *scroll = clamp(*scroll + (int)by, least, SCROLL_MOST);
    return REFRESH_SCREEN;
}

unsigned dashboard_move(struct dashboard *d, i64 down)
{
    if (d->state.help) {
        d->state.help_scroll += (int)down; // frame_draw sets the limits
        return REFRESH_SCREEN;
    }
    switch (d->state.focus) {
    case PANE_GUESTS:
        return move_guest(d, down);
    case PANE_TRAPS:
        return move_trap(d, -down);
    case PANE_TIMELINE:
        return move_trap(d, -down);
    case PANE_CONSOLE:
        return scroll_by(d, -down);
    default:
        return scroll_by(d, down);
    }
}

static unsigned act_move(struct dashboard *d, const struct binding *b)
{
    static const i8 rows[ACTIONS] = {
        [ACTION_UP] = -1, [ACTION_DOWN] = 1, [ACTION_PAGE_UP] = -PAGE, [ACTION_PAGE_DOWN] = PAGE};
    return dashboard_move(d, rows[b->action]);
}

// In the timeline a key goes to the next column that has a trap, however many traps the column has.
static unsigned move_column(struct dashboard *d, int by)
{
    const struct trap_row *row = model_trap(&d->now);
    u64 scale = d->state.scale ? d->state.scale : model_scale(&d->now, d->columns - 9);
    if (!row)
        return REFRESH_NOTHING;
    u64 column = row->cycle / scale, number = row->number;
    while (row && row->cycle / scale == column) {
        number = row->number;
        row = traplog_row(d->now.log, by < 0 ? number - 1 : number + 1);
    }
    return move_trap(d, (i64)(row ? row->number : number) - (i64)d->now.trap);
}

static unsigned act_sideways(struct dashboard *d, const struct binding *b)
{
    int by = b->action == ACTION_LEFT ? -1 : 1;
    if (d->state.focus == PANE_GUESTS)
        return REFRESH_NOTHING;
    return d->state.focus == PANE_TIMELINE ? move_column(d, by) : move_trap(d, by);
}

static unsigned act_first(struct dashboard *d, const struct binding *b)
{
    (void)b;
    return dashboard_move(d, d->state.focus == PANE_TRAPS || d->state.focus == PANE_TIMELINE
                                 ? (i64)LOG_TRAPS
                                 : -SCROLL_MOST);
}

static unsigned act_last(struct dashboard *d, const struct binding *b)
{
    (void)b;
    if (d->state.focus != PANE_TRAPS && d->state.focus != PANE_TIMELINE)
        return dashboard_move(d, SCROLL_MOST);
    dashboard_follow_newest(d);
    return REFRESH_MODEL;
}

static unsigned act_scale(struct dashboard *d, const struct binding *b)
{
    if (!d->state.scale)
        d->state.scale = model_scale(&d->now, d->columns - 9); // from what is shown now
    if (b->action == ACTION_WIDER && d->state.scale < 1u << 24)
        d->state.scale *= 2;
    if (b->action == ACTION_CLOSER && d->state.scale > 1)
        d->state.scale /= 2;
    while (b->action == ACTION_WHOLE_RUN && d->state.scale < 1u << 24 &&
           (u64)d->state.scale * 64 < d->now.cycles)
        d->state.scale *= 2;
    return REFRESH_SCREEN;
}

// ---- looking

static unsigned act_vcpu(struct dashboard *d, const struct binding *b)
{
    (void)b;
    if (d->now.chosen < d->now.vms && d->now.vm[d->now.chosen].vcpus)
        d->wish.vcpu = (d->now.vcpu.index + 1) % d->now.vm[d->now.chosen].vcpus;
    d->wish.follow_hart = false;
    d->state.phase = 0; // a phase shows the VCPU of its trap
    return REFRESH_MODEL;
}

static unsigned act_follow(struct dashboard *d, const struct binding *b)
{
    (void)b;
    d->wish.follow_hart = !d->wish.follow_hart;
    return REFRESH_MODEL |
           dashboard_say(d, d->wish.follow_hart ? "panes 2 and 7 follow the VCPU on the hart"
                                                : "panes 2 and 7 stay with this VCPU");
}

// ":input ls" types a line to the guest. A playback takes a few bytes at a time.
static unsigned type_line(struct dashboard *d, u32 guest, const char *line)
{
    enum { PIECE = sizeof((struct typed_input *)0)->bytes };
    size_t length = strlen(line);
    for (size_t i = 0; i < length; i += PIECE)
        playback_type(&d->drive.play, guest, line + i, length - i < PIECE ? length - i : PIECE);
    playback_type(&d->drive.play, guest, "\n", 1);
    dashboard_follow_newest(d);
    drive_go(&d->drive, GOAL_RUN); // a guest that does not run cannot read its input
    return REFRESH_MODEL;
}

static unsigned act_input(struct dashboard *d, const struct binding *b)
{
    (void)b;
    u32 guest;
    if (!dashboard_chosen_guest(d, &guest))
        return dashboard_say(d, "choose a guest in pane 1 first: the VMM has no console");
    if (scenario_world(d->drive.play.sc)->guest[guest].is_vmm)
        return dashboard_say(
            d, "choose one of its guests in pane 1 first: a VMM does not read what is typed");
    if (d->argument[0])
        return type_line(d, guest, d->argument);
    d->state.focus = PANE_CONSOLE;
    d->state.typing = true;
    d->wish.follow_hart = false; // the console that is shown gets the keys, so it must not change
    return REFRESH_MODEL;
}

static unsigned act_marks(struct dashboard *d, const struct binding *b)
{
    (void)b;
    d->drive.pass_marks = !d->drive.pass_marks;
    return dashboard_say(d, d->drive.pass_marks
                                ? "the run passes marks of the script without a pause"
                                : "the run pauses at each mark of the script");
}

static unsigned act_command(struct dashboard *d, const struct binding *b)
{
    (void)b;
    prompt_open(&d->state.prompt, "");
    return REFRESH_SCREEN;
}

static unsigned act_help(struct dashboard *d, const struct binding *b)
{
    (void)b;
    d->state.help = !d->state.help;
    d->state.help_scroll = 0;
    return REFRESH_SCREEN;
}

static unsigned act_redraw(struct dashboard *d, const struct binding *b)
{
    (void)d;
    (void)b;
    return REFRESH_ALL | REFRESH_MODEL;
}

static unsigned act_escape(struct dashboard *d, const struct binding *b)
{
    (void)b;
    if (d->state.help)
        d->state.help = false;
    else if (pointing_phase(&d->now, &d->state))
        d->state.phase = 0;
    else if (!has_place(d, (enum pane_id)d->state.focus))
        d->state.focus = PANE_TRAPS;
    else
        d->state.zoomed = false;
    return REFRESH_SCREEN;
}

static unsigned act_quit(struct dashboard *d, const struct binding *b)
{
    (void)d;
    (void)b;
    return REFRESH_QUIT;
}

static unsigned (*const actions[ACTIONS])(struct dashboard *d, const struct binding *b) = {
    [ACTION_STEP] = act_step,
    [ACTION_BACK] = act_back,
    [ACTION_OVER] = act_go,
    [ACTION_NEXT_TRAP] = act_go,
    [ACTION_LAST_TRAP] = act_back,
    [ACTION_LAST_STOP] = act_back,
    [ACTION_RUN] = act_go,
    [ACTION_PAUSE] = act_pause,
    [ACTION_TOGGLE] = act_toggle,
    [ACTION_FASTER] = act_speed,
    [ACTION_SLOWER] = act_speed,
    [ACTION_PANE] = act_pane,
    [ACTION_NEXT_PANE] = act_other_pane,
    [ACTION_PREVIOUS_PANE] = act_other_pane,
    [ACTION_ZOOM] = act_zoom,
    [ACTION_UP] = act_move,
    [ACTION_DOWN] = act_move,
    [ACTION_LEFT] = act_sideways,
    [ACTION_RIGHT] = act_sideways,
    [ACTION_PAGE_UP] = act_move,
    [ACTION_PAGE_DOWN] = act_move,
    [ACTION_FIRST] = act_first,
    [ACTION_LAST] = act_last,
    [ACTION_WIDER] = act_scale,
    [ACTION_CLOSER] = act_scale,
    [ACTION_VCPU] = act_vcpu,
    [ACTION_FOLLOW] = act_follow,
    [ACTION_INPUT] = act_input,
    [ACTION_MARKS] = act_marks,
    [ACTION_COMMAND] = act_command,
    [ACTION_HELP] = act_help,
    [ACTION_REDRAW] = act_redraw,
    [ACTION_ESCAPE] = act_escape,
    [ACTION_QUIT] = act_quit,
    [ACTION_ENTER] = do_enter,
    [ACTION_DELETE] = do_delete,
    [ACTION_GOTO] = do_goto,
    [ACTION_EXPORT] = do_export,
    [ACTION_FILM] = do_film,
    [ACTION_EXPLAIN] = do_explain,
    [ACTION_FIND] = do_find,
    [ACTION_FIND_AGAIN] = do_find_again,
    [ACTION_FILTER] = do_filter,
    [ACTION_STOP_AT] = do_stop_at,
    [ACTION_BREAK] = do_break,
    [ACTION_BOOKMARK] = do_bookmark,
    [ACTION_JUMP] = do_jump,
    [ACTION_ADDRESS] = do_address,
    [ACTION_PAGE_BEFORE] = do_page,
    [ACTION_PAGE_AFTER] = do_page,
    [ACTION_THEME] = do_theme,
    [ACTION_WHOLE_RUN] = act_scale,
    [ACTION_HISTORY] = do_history,
    [ACTION_LAST_CHANGE] = do_history,
    [ACTION_RUN_BACK] = do_run_back,
    [ACTION_PHASE_NEXT] = do_phase,
    [ACTION_PHASE_LAST] = do_phase,
    [ACTION_SET] = do_set,
    [ACTION_ORIGINAL] = do_original,
    [ACTION_GDB] = do_gdb,
};

unsigned dashboard_act(struct dashboard *d, const struct binding *binding)
{
    return actions[binding->action](d, binding);
}
