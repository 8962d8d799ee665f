// The table of keys, and what is drawn from it. Read ui/dashboard/keys.h first.
#include "ui/dashboard/keys.h"
#include "ui/dashboard/view.h"
#include "ui/dashboard/words.h"

#include <stdio.h>
#include <string.h>

#define CTRL(letter) ((letter)&0x1f)

// clang-format off
const struct binding bindings[] = {
    {'s', KEY_NONE, ACTION_STEP, 0, 1, "s", "Step", "step", "run one instruction, or take one trap", "running"},
    {'S', KEY_NONE, ACTION_BACK, 0, 7, "S", "Back", "back", "step back by one", "running"},
    {'n', KEY_NONE, ACTION_OVER, 0, 6, "n", "Over", "over", "over a trap: until this VCPU is back in its mode",
     "running"},
    {'t', KEY_NONE, ACTION_NEXT_TRAP, 0, 2, "t", "NextTrap", "trap", "run to the next trap", "running"},
    {'T', KEY_NONE, ACTION_LAST_TRAP, 0, 10, "T", "LastTrap", "untrap", "go back to the moment before the last trap",
     "running"},
    {'c', KEY_NONE, ACTION_RUN, 0, 3, "c", "Run", "run", "run on", "running"},
    {'p', KEY_NONE, ACTION_PAUSE, 0, 0, "p", "Pause", "pause", "pause", "running"},
    {' ', KEY_NONE, ACTION_TOGGLE, 0, 0, "Space", "Run/Pause", "toggle", "run or pause", "running"},
    {'+', '=', ACTION_FASTER, 0, 9, "+ -", "Speed", "faster", "run faster", "running"},
    {'-', '_', ACTION_SLOWER, 0, 0, "-", "Slower", "slower", "run slower", "running"},
    {'1', KEY_NONE, ACTION_PANE, '1', 11, "1-8 0", "Pane", "guests", "1 Guests: the VMs; the arrows choose one",
     "panes"},
    {'2', KEY_NONE, ACTION_PANE, '2', 0, "2", "", "vcpu", "VCPU: instructions, registers, CSRs virtual and real",
     "panes"},
    {'3', KEY_NONE, ACTION_PANE, '3', 0, "3", "", "traps", "Traps: the log; the arrows choose the trap looked at",
     "panes"},
    {'4', KEY_NONE, ACTION_PANE, '4', 0, "4", "", "exits", "Exits: how many of each kind, and their cost", "panes"},
    {'5', KEY_NONE, ACTION_PANE, '5', 0, "5", "", "timeline", "Timeline: who had the machine when", "panes"},
    {'7', KEY_NONE, ACTION_PANE, '7', 0, "7", "", "console", "Console of the chosen guest", "panes"},
    {'8', KEY_NONE, ACTION_PANE, '8', 0, "8", "", "scenario", "Scenario: its source and its checks", "panes"},
    {'0', KEY_NONE, ACTION_PANE, '0', 0, "0", "", "story", "Story: the trap looked at, step by step", "panes"},
    {'\t', KEY_NONE, ACTION_NEXT_PANE, 0, 12, "Tab", "Next", "next", "to the next pane", "panes"},
    {KEY_OF_BACK_TAB, KEY_NONE, ACTION_PREVIOUS_PANE, 0, 0, "S-Tab", "", "previous", "to the pane before", "panes"},
    {'z', KEY_NONE, ACTION_ZOOM, 0, 8, "z", "Zoom", "zoom", "the pane alone, or all of them", "panes"},
    {KEY_OF_UP, 'k', ACTION_UP, 0, 0, "Up k", "", "up", "choose or scroll up; a trap: the newer one", "moving"},
    {KEY_OF_DOWN, 'j', ACTION_DOWN, 0, 0, "Down j", "", "down", "choose or scroll down; a trap: the older one",
     "moving"},
    {KEY_OF_LEFT, 'h', ACTION_LEFT, 0, 0, "Left h", "", "left", "timeline: the older trap", "moving"},
    {KEY_OF_RIGHT, 'l', ACTION_RIGHT, 0, 0, "Right l", "", "right", "timeline: the newer trap", "moving"},
    {KEY_OF_PAGE_UP, CTRL('b'), ACTION_PAGE_UP, 0, 0, "PgUp", "", "pageup", "up by a page", "moving"},
    {KEY_OF_PAGE_DOWN, CTRL('f'), ACTION_PAGE_DOWN, 0, 0, "PgDn", "", "pagedown", "down by a page", "moving"},
    {KEY_OF_HOME, KEY_NONE, ACTION_FIRST, 0, 0, "Home", "", "first", "the oldest, or the top", "moving"},
    {KEY_OF_END, 'G', ACTION_LAST, 0, 0, "End G", "", "last", "the newest, and follow it", "moving"},
    {'[', KEY_NONE, ACTION_WIDER, 0, 0, "[", "", "wider", "timeline: more cycles a column", "moving"},
    {']', KEY_NONE, ACTION_CLOSER, 0, 0, "]", "", "closer", "timeline: fewer cycles a column", "moving"},
    {'v', KEY_NONE, ACTION_VCPU, 0, 0, "v", "", "nextvcpu", "the next VCPU of the chosen guest", "looking"},
    {'.', KEY_NONE, ACTION_FOLLOW, 0, 0, ".", "", "follow", "panes 2 and 7 follow the VCPU on the hart, or stay",
     "looking"},
    {'i', KEY_NONE, ACTION_INPUT, 0, 0, "i", "", "input", "type to the console of the chosen guest; Esc ends",
     "looking"},
    {':', KEY_NONE, ACTION_COMMAND, 0, 0, ":", "", "command", "type a command by its name", "looking"},
    {CTRL('l'), KEY_NONE, ACTION_REDRAW, 0, 0, "^L", "", "redraw", "draw everything anew", "looking"},
    {'?', KEY_OF_HELP, ACTION_HELP, 0, 5, "?", "Help", "help", "this help", "looking"},
    {KEY_OF_ESCAPE, KEY_NONE, ACTION_ESCAPE, 0, 0, "Esc", "", "escape", "close the help, leave the zoom", "looking"},
    {'q', CTRL('c'), ACTION_QUIT, 0, 4, "q", "Quit", "quit", "leave", "looking"},
    {KEY_NONE, KEY_NONE, ACTION_NONE, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
// clang-format on

const struct binding *keys_find(int key)
{
    for (const struct binding *b = bindings; b->action; b++)
        if (key != KEY_NONE && (b->key == key || b->other == key))
            return b;
    return NULL;
}

const struct binding *keys_command(const char *word)
{
    const struct binding *found = NULL;
    size_t length = strlen(word);
    for (const struct binding *b = bindings; b->action; b++) {
        if (!strcmp(b->command, word))
            return b;
        if (length && !strncmp(b->command, word, length)) {
            if (found)
                return NULL;
            found = b;
        }
    }
    return found;
}

// ---- the hint bar

static int hint_width(const struct binding *b)
{
    return (int)(strlen(b->label) + strlen(b->short_name)) + 3;
}

void keys_draw_hints(const struct area *a, int row)
{
    // Each hint is kept while it and all of higher rank fit.
    int left = a->columns - 1, rank = 0;
    for (int next = 1; next <= 16; next++)
        for (const struct binding *b = bindings; b->action; b++)
            if (b->hint == next && rank == next - 1 && left >= hint_width(b)) {
                left -= hint_width(b);
                rank = next;
            }
    area_fill(a, row, 0, a->columns, ROLE_HINT, 0, ' ');
    int column = 1;
    for (const struct binding *b = bindings; b->action; b++) {
        if (!b->hint || b->hint > rank)
            continue;
        column = area_put(a, row, column, ROLE_KEY, 0, b->label);
        column = area_put(a, row, column + 1, ROLE_HINT, 0, b->short_name) + 1;
    }
}

// ---- the help

static void help_line(const struct area *a, int line, const struct binding *b)
{
    area_print(a, line, 2, ROLE_CHANGED, 0, "%-8s", b->label);
    area_print(a, line, 11, ROLE_TITLE, 0, ":%-9s", b->command);
    area_put_until(a, line, 22, a->columns, ROLE_PLAIN, 0, b->help);
}

int keys_draw_help(const struct area *a, int scroll)
{
    int line = -scroll;
    const char *group = "";
    for (const struct binding *b = bindings; b->action; b++) {
        if (strcmp(group, b->group)) {
            line += *group != 0;
            group = b->group;
            area_put(a, line++, 0, ROLE_FOCUS, ATTRIBUTE_BOLD, group);
        }
        help_line(a, line++, b);
    }
    area_put(a, ++line, 0, ROLE_FOCUS, ATTRIBUTE_BOLD, "letters of the traps");
    for (int id = 0; id < TRAP_CLASSES; id++) {
        const struct trap_class *c = &trap_classes[id];
        char letter[2] = {c->letter, 0};
        area_put(a, ++line, 2, c->role, ATTRIBUTE_BOLD, letter);
        area_put(a, line, 11, c->role, 0, c->name);
        area_put_until(a, line, 22, a->columns, ROLE_PLAIN, 0, c->meaning);
    }
    return line + 1 + scroll;
}
