// The actions, one small function each, and the table that finds them. Read ui/dashboard/actions.h
// and ui/dashboard/keys.h first.
#include "ui/dashboard/actions.h"
#include "ui/dashboard/words.h"

#include <stdio.h>
#include <string.h>

#define PAGE 10 // rows a page key moves

static unsigned say(struct dashboard *d, const char *text)
{
    snprintf(d->look.message, sizeof d->look.message, "%s", text);
    return REFRESH_LOOK;
}

// ---- running

static void follow_newest(struct dashboard *d)
{
    d->now.follow = true;
    d->look.scroll[PANE_TRAPS] = 0;
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
        if (panes[i]->key == (char)b->argument)
            d->look.focus = (u8)i;
    d->look.help = false;
    return REFRESH_LOOK;
}

// Goes round the panes that have a place; in the order of their numbers.
static unsigned act_other_pane(struct dashboard *d, const struct binding *b)
{
    int step = b->action == ACTION_NEXT_PANE ? 1 : PANES - 1, focus = d->look.focus;
    bool small = d->rows < 24 || d->columns < 80;
    do
        focus = (focus + step) % PANES;
    while (!small && !layout_has(d->rows, d->columns, (enum pane_id)focus));
    d->look.focus = (u8)focus;
    return REFRESH_LOOK;
}

static unsigned act_zoom(struct dashboard *d, const struct binding *b)
{
    (void)b;
    if (!layout_has(d->rows, d->columns, (enum pane_id)d->look.focus) && d->rows >= 24 &&
        d->columns >= 80)
        d->look.focus =
            PANE_TRAPS; // it is alone because it has no place among the others: back to them
    else
        d->look.zoomed = !d->look.zoomed;
    return REFRESH_LOOK;
}

// ---- moving

static unsigned move_trap(struct dashboard *d, i64 by)
{
    u64 newest = d->now.log ? d->now.log->traps : 0,
        first = d->now.log ? traplog_first(d->now.log) : 0;
    i64 to = (i64)d->now.trap + by;
    if (!newest)
        return REFRESH_NOTHING;
    d->now.trap = to < (i64)first ? first : to > (i64)newest ? newest : (u64)to;
    d->now.follow = d->now.trap == newest;
    return REFRESH_LOOK;
}

static unsigned move_guest(struct dashboard *d, i64 by)
{
    i64 to = (i64)d->now.chosen + by;
    if (!d->now.vms)
        return REFRESH_NOTHING;
    to = to < 0 ? 0 : to >= (i64)d->now.vms ? (i64)d->now.vms - 1 : to;
    d->now.chosen = (u32)to;
    d->vcpu = 0;
    d->follow_hart = false;
    d->look.scroll[PANE_CONSOLE] = 0;
    return REFRESH_MODEL;
}

static unsigned scroll_by(struct dashboard *d, i64 by)
{
    int *scroll = &d->look.scroll[d->look.focus];
    i64 to = *scroll + by, least = d->look.focus == PANE_SCENARIO ? -4096 : 0;
    *scroll = (int)(to < least ? least : to > 4096 ? 4096 : to);
    return REFRESH_LOOK;
}

// Down is positive: the older trap, the next guest, later lines.
static unsigned move(struct dashboard *d, i64 down)
{
    if (d->look.help) {
        i64 to = d->look.help_scroll + down;
        d->look.help_scroll = (int)(to < 0 ? 0 : to > 60 ? 60 : to);
        return REFRESH_LOOK;
    }
    switch (d->look.focus) {
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
    return d->look.focus == PANE_GUESTS ? REFRESH_NOTHING
                                        : move_trap(d, b->action == ACTION_LEFT ? -1 : 1);
}

static unsigned act_first(struct dashboard *d, const struct binding *b)
{
    (void)b;
    return move(d, d->look.focus == PANE_TRAPS || d->look.focus == PANE_TIMELINE ? (i64)LOG_TRAPS
                                                                                 : -4096);
}

static unsigned act_last(struct dashboard *d, const struct binding *b)
{
    (void)b;
    if (d->look.focus != PANE_TRAPS && d->look.focus != PANE_TIMELINE)
        return move(d, 4096);
    follow_newest(d);
    return REFRESH_MODEL;
}

static unsigned act_scale(struct dashboard *d, const struct binding *b)
{
    if (b->action == ACTION_WIDER && d->look.scale < 1u << 24)
        d->look.scale *= 2;
    if (b->action == ACTION_CLOSER && d->look.scale > 1)
        d->look.scale /= 2;
    return REFRESH_LOOK;
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

// The chosen VM among the world's guests; false: it is the machine under a VMM.
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
    d->look.focus = PANE_CONSOLE;
    d->look.typing = true;
    d->follow_hart = false; // what is typed goes to the console that is shown
    return REFRESH_MODEL;
}

static unsigned act_command(struct dashboard *d, const struct binding *b)
{
    (void)b;
    d->look.prompt = true;
    d->look.command[0] = 0;
    return REFRESH_LOOK;
}

static unsigned act_help(struct dashboard *d, const struct binding *b)
{
    (void)b;
    d->look.help = !d->look.help;
    d->look.help_scroll = 0;
    return REFRESH_LOOK;
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
    if (d->look.help)
        d->look.help = false;
    else if (!layout_has(d->rows, d->columns, (enum pane_id)d->look.focus))
        d->look.focus = PANE_TRAPS;
    else
        d->look.zoomed = false;
    return REFRESH_LOOK;
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
        d->look.typing = false;
        return REFRESH_LOOK;
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
        drive_go(&d->drive, GOAL_RUN); // the guest should see it
    return REFRESH_MODEL;
}

static unsigned run_command(struct dashboard *d)
{
    d->look.prompt = false;
    if (!d->look.command[0])
        return REFRESH_LOOK;
    const struct binding *b = keys_command(d->look.command);
    if (b)
        return dashboard_act(d, b) | REFRESH_LOOK;
    snprintf(d->look.message, sizeof d->look.message,
             "no command begins with '%s', or several do; ? lists them", d->look.command);
    return REFRESH_LOOK;
}

static unsigned type_to_prompt(struct dashboard *d, int key)
{
    size_t length = strlen(d->look.command);
    if (key == KEY_OF_ENTER)
        return run_command(d);
    if (key == KEY_OF_ESCAPE || (key == KEY_OF_BACKSPACE && !length))
        d->look.prompt = false;
    else if (key == KEY_OF_BACKSPACE)
        d->look.command[length - 1] = 0;
    else if (key >= ' ' && key < 0x7f && length + 1 < sizeof d->look.command)
        memcpy(d->look.command + length, (char[]){(char)key, 0}, 2);
    return REFRESH_LOOK;
}

unsigned dashboard_key(struct dashboard *d, int key)
{
    if (key == KEY_OF_HANGUP)
        return REFRESH_QUIT;
    if (key == KEY_OF_RESIZE)
        return REFRESH_MODEL | REFRESH_ALL;
    d->look.message[0] = 0;
    if (d->look.typing)
        return type_to_guest(d, key);
    if (d->look.prompt)
        return type_to_prompt(d, key);
    if (key == KEY_OF_WHEEL_UP || key == KEY_OF_WHEEL_DOWN)
        return move(d, key == KEY_OF_WHEEL_UP ? -1 : 1);
    const struct binding *b = keys_find(key);
    return b ? dashboard_act(d, b) | REFRESH_LOOK : REFRESH_LOOK;
}

unsigned dashboard_click(struct dashboard *d, int row, int column)
{
    int pane = frame_pane_at(d->rows, d->columns, &d->now, &d->look, row, column);
    if (pane < 0 || d->look.help)
        return REFRESH_NOTHING;
    d->look.focus = (u8)pane;
    return REFRESH_LOOK;
}
