// The actions, one small function each, and the table that finds them. Read ui/dashboard/actions.h
// and ui/dashboard/keys.h first.
#include "ui/dashboard/actions.h"
#include "ui/dashboard/words.h"
#include "ui/terminal/text.h"

#include <stdio.h>
#include <string.h>

#define PAGE 10          // rows that a page key moves
#define SCROLL_MOST 4096 // lines, of any pane

static unsigned say(struct dashboard *d, const char *text)
{
    snprintf(d->state.message, sizeof d->state.message, "%s", text);
    return REFRESH_SCREEN;
}

// ---- running

static void follow_newest(struct dashboard *d)
{
    d->now.follow = true;
    d->state.scroll[PANE_TRAPS] = 0;
    d->no_marks = false;
}

static unsigned say_if_over(struct dashboard *d)
{
    static const char *const ends[] = {
        [SCENARIO_DONE] = "the scenario has come to its end; you can look around, q quits",
        [SCENARIO_FAILED] = "the scenario has failed; you can look around, q quits",
        [SCENARIO_LIMIT] =
            "the limit of steps is reached; you can look around and go back, q quits",
    };
    enum scenario_status status = scenario_state(d->drive.play.sc);
    return status == SCENARIO_RUNNING || status == SCENARIO_WAITING ? REFRESH_NOTHING
                                                                    : say(d, ends[status]);
}

static unsigned act_step(struct dashboard *d, const struct binding *b)
{
    (void)b;
    follow_newest(d);
    drive_step(&d->drive);
    return REFRESH_MODEL | say_if_over(d);
}

static unsigned act_back(struct dashboard *d, const struct binding *b)
{
    follow_newest(d);
    d->no_marks = true;
    const char *problem =
        b->action == ACTION_BACK ? drive_back(&d->drive) : drive_back_to_trap(&d->drive);
    return REFRESH_MODEL | (problem ? say(d, problem) : 0);
}

static unsigned act_go(struct dashboard *d, const struct binding *b)
{
    static const u8 goals[ACTIONS] = {
        [ACTION_RUN] = GOAL_RUN, [ACTION_NEXT_TRAP] = GOAL_TRAP, [ACTION_OVER] = GOAL_OVER};
    follow_newest(d);
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
    if (d->drive.goal == GOAL_NONE)
        follow_newest(d);
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

// Goes to the next pane, or to the one before, among those that have a place on the screen.
static unsigned act_other_pane(struct dashboard *d, const struct binding *b)
{
    int step = b->action == ACTION_NEXT_PANE ? 1 : PANES - 1, focus = d->state.focus;
    bool small = d->rows < 24 || d->columns < 80;
    do
        focus = (focus + step) % PANES;
    while (!small && !layout_has(d->rows, d->columns, (enum pane_id)focus));
    d->state.focus = (u8)focus;
    return REFRESH_SCREEN;
}

static unsigned act_zoom(struct dashboard *d, const struct binding *b)
{
    (void)b;
    if (!layout_has(d->rows, d->columns, (enum pane_id)d->state.focus) && d->rows >= 24 &&
        d->columns >= 80)
        d->state.focus =
            PANE_TRAPS; // the pane is alone because it has no place among the others: back to them
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
    d->vcpu = 0;
    d->follow_hart = false;
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

// Positive is down: the older trap, the next guest, later lines.
static unsigned move(struct dashboard *d, i64 down)
{
    if (d->state.help) {
        d->state.help_scroll += (int)down; // frame_draw corrects it
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
    return move(d, rows[b->action]);
}

static unsigned act_sideways(struct dashboard *d, const struct binding *b)
{
    if (d->state.focus == PANE_GUESTS)
        return REFRESH_NOTHING;
    return move_trap(d, b->action == ACTION_LEFT ? -1 : 1);
}

static unsigned act_first(struct dashboard *d, const struct binding *b)
{
    (void)b;
    return move(d, d->state.focus == PANE_TRAPS || d->state.focus == PANE_TIMELINE ? (i64)LOG_TRAPS
                                                                                   : -SCROLL_MOST);
}

static unsigned act_last(struct dashboard *d, const struct binding *b)
{
    (void)b;
    if (d->state.focus != PANE_TRAPS && d->state.focus != PANE_TIMELINE)
        return move(d, SCROLL_MOST);
    follow_newest(d);
    return REFRESH_MODEL;
}

static unsigned act_scale(struct dashboard *d, const struct binding *b)
{
    if (b->action == ACTION_WIDER && d->state.scale < 1u << 24)
        d->state.scale *= 2;
    if (b->action == ACTION_CLOSER && d->state.scale > 1)
        d->state.scale /= 2;
    return REFRESH_SCREEN;
}

// ---- looking

static unsigned act_vcpu(struct dashboard *d, const struct binding *b)
{
    (void)b;
    if (d->now.chosen < d->now.vms && d->now.vm[d->now.chosen].vcpus)
        d->vcpu = (d->now.vcpu.index + 1) % d->now.vm[d->now.chosen].vcpus;
    d->follow_hart = false;
    return REFRESH_MODEL;
}

static unsigned act_follow(struct dashboard *d, const struct binding *b)
{
    (void)b;
    d->follow_hart = !d->follow_hart;
    return REFRESH_MODEL | say(d, d->follow_hart ? "panes 2 and 7 follow the VCPU on the hart"
                                                 : "panes 2 and 7 stay with this VCPU");
}

// Finds the chosen VM among the guests of the world. False: it is the machine itself, with a VMM.
static bool chosen_guest(struct dashboard *d, u32 *guest)
{
    struct world *w = scenario_world(d->drive.play.sc);
    if (!w || d->now.chosen >= d->now.vms)
        return false;
    for (u32 i = 0; i < w->guests; i++)
        if (vm_path_equal(&w->guest[i].path, &d->now.vm[d->now.chosen].path)) {
            *guest = i;
            return true;
        }
    return false;
}

static unsigned act_input(struct dashboard *d, const struct binding *b)
{
    (void)b;
    u32 guest;
    if (!chosen_guest(d, &guest))
        return say(d, "choose a guest in pane 1 first: the VMM has no console");
    if (scenario_world(d->drive.play.sc)->guest[guest].is_vmm)
        return say(d,
                   "choose one of its guests in pane 1 first: a VMM does not read what is typed");
    d->state.focus = PANE_CONSOLE;
    d->state.typing = true;
    d->follow_hart = false; // the console that is shown gets the keys, so it must not change
    return REFRESH_MODEL;
}

static unsigned act_command(struct dashboard *d, const struct binding *b)
{
    (void)b;
    d->state.prompt = true;
    d->state.command[0] = 0;
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
    else if (!layout_has(d->rows, d->columns, (enum pane_id)d->state.focus))
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
    [ACTION_COMMAND] = act_command,
    [ACTION_HELP] = act_help,
    [ACTION_REDRAW] = act_redraw,
    [ACTION_ESCAPE] = act_escape,
    [ACTION_QUIT] = act_quit,
};

unsigned dashboard_act(struct dashboard *d, const struct binding *binding)
{
    return actions[binding->action](d, binding);
}

// ---- typing

static unsigned type_to_guest(struct dashboard *d, int key)
{
    u32 guest;
    char bytes[5];
    size_t count = 0;
    if (key == KEY_OF_ESCAPE || !chosen_guest(d, &guest)) {
        d->state.typing = false;
        return REFRESH_SCREEN;
    }
    if (key == KEY_OF_ENTER)
        bytes[count++] = '\n';
    else if (key == KEY_OF_BACKSPACE)
        bytes[count++] = 0x7f;
    else if (key > 0 && key < KEY_OF_UP)
        count = glyph_utf8((u32)key, bytes);
    if (count)
        playback_type(&d->drive.play, guest, bytes, count);
    if (count && d->drive.goal == GOAL_NONE)
        drive_go(&d->drive, GOAL_RUN); // a guest that does not run cannot read its input
    return REFRESH_MODEL;
}

static unsigned run_command(struct dashboard *d)
{
    d->state.prompt = false;
    if (!d->state.command[0])
        return REFRESH_SCREEN;
    const struct binding *b = keys_command(d->state.command);
    if (b)
        return dashboard_act(d, b) | REFRESH_SCREEN;
    snprintf(d->state.message, sizeof d->state.message,
             "no command begins with '%s', or several do; ? lists them", d->state.command);
    return REFRESH_SCREEN;
}

static unsigned type_to_prompt(struct dashboard *d, int key)
{
    size_t length = strlen(d->state.command);
    if (key == KEY_OF_ENTER)
        return run_command(d);
    if (key == KEY_OF_ESCAPE || (key == KEY_OF_BACKSPACE && !length))
        d->state.prompt = false;
    else if (key == KEY_OF_BACKSPACE)
        d->state.command[length - 1] = 0;
    else if (key >= ' ' && key < 0x7f && length + 1 < sizeof d->state.command)
        memcpy(d->state.command + length, (char[]){(char)key, 0}, 2);
    return REFRESH_SCREEN;
}

static unsigned say_unbound(struct dashboard *d, int key)
{
    char text[80], name[5] = "";
    bool shown = key > ' ' && key < KEY_OF_UP && text_is_harmless((u32)key);
    if (shown)
        glyph_utf8((u32)key, name);
    snprintf(text, sizeof text, "%s%shas no meaning here; ? shows the keys",
             shown ? name : "this key", " ");
    return say(d, text);
}

unsigned dashboard_key(struct dashboard *d, int key)
{
    if (key == KEY_OF_HANGUP)
        return REFRESH_QUIT;
    if (key == KEY_OF_RESIZE)
        return REFRESH_MODEL | REFRESH_ALL;
    d->state.message[0] = 0;
    if (d->state.typing)
        return type_to_guest(d, key);
    if (d->state.prompt)
        return type_to_prompt(d, key);
    if (key == KEY_OF_WHEEL_UP || key == KEY_OF_WHEEL_DOWN)
        return move(d, key == KEY_OF_WHEEL_UP ? -1 : 1);
    const struct binding *b = keys_find(key);
    return b ? dashboard_act(d, b) | REFRESH_SCREEN : say_unbound(d, key);
}

unsigned dashboard_click(struct dashboard *d, int row, int column)
{
    int pane = frame_pane_at(d->rows, d->columns, &d->now, &d->state, row, column);
    if (pane < 0 || d->state.help)
        return REFRESH_NOTHING;
    d->state.focus = (u8)pane;
    return REFRESH_SCREEN;
}
