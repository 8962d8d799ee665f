// Where a key goes. Read ui/dashboard/input.h first.
#include "ui/dashboard/input.h"
#include "ui/dashboard/completion.h"
#include "ui/dashboard/banner.h"
#include "ui/dashboard/commands.h"
#include "ui/terminal/text.h"

#include <stdio.h>
#include <string.h>

// ---- typing

// Every key that is a character goes to the guest, and Esc does, too.
static unsigned send_to_guest(struct dashboard *d, int key)
{
    u32 guest;
    char bytes[5];
    size_t count = 0;
    if (!dashboard_chosen_guest(d, &guest)) {
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

static unsigned type_to_guest(struct dashboard *d, int key)
{
    if (key != KEY_OF_ESCAPE)
        return send_to_guest(d, key);
    d->state.typing = false;
    return REFRESH_SCREEN;
}

// Says that no command has this name, or that several commands begin so.
static unsigned say_unknown(struct dashboard *d, const char *name)
{
    char names[80], text[160];
    if (keys_beginning(name, names, sizeof names))
        snprintf(text, sizeof text, "several commands begin with '%.20s':%s", name, names);
    else
        snprintf(text, sizeof text, "no command begins with '%.60s'; ? lists them", name);
    return dashboard_say(d, text);
}

unsigned dashboard_command(struct dashboard *d, const char *text)
{
    char name[PROMPT_SIZE];
    size_t length = strcspn(text, " ");
    if (!*text)
        return REFRESH_SCREEN;
    snprintf(name, sizeof name, "%.*s", (int)length, text);
    text += length + strspn(text + length, " ");
    const struct binding *b = keys_command(name);
    char said[80];
    if (!b)
        return say_unknown(d, name);
    snprintf(said, sizeof said, "%s: nothing is wanted behind the name of this command",
             b->command);
    if (*text && !b->asks)
        return dashboard_say(d, said);
    size_t end = strlen(text);
    while (end && text[end - 1] == ' ')
        end--;
    snprintf(d->argument, sizeof d->argument, "%.*s", (int)end, text);
    unsigned refresh = dashboard_act(d, b);
    d->argument[0] = 0;
    return refresh | REFRESH_SCREEN;
}

static unsigned type_to_prompt(struct dashboard *d, int key)
{
    if (key == '\t' && strchr(d->state.prompt.text, ' '))
        completion_complete(d);
    else if (prompt_key(&d->state.prompt, key) == PROMPT_ENTERED)
        return dashboard_command(d, d->state.prompt.text);
    completion_offer(d);
    return REFRESH_SCREEN;
}

// ---- pasting

// To be called at the beginning of a paste. If no text is expected, a pasted letter would count
// as a key: "q" would end the dashboard.
static unsigned begin_paste(struct dashboard *d, int key)
{
    d->pasting = true;
    if (key == KEY_OF_PASTE_GOES_ON)
        return dashboard_say(d, "the paste goes on, so this key was text; Esc ends the paste");
    if (d->search || (!d->state.typing && !d->state.prompt.open))
        return dashboard_say(d, "nothing was pasted: press i first for a guest's console, or : "
                                "for a command");
    return REFRESH_SCREEN;
}

// A key of a paste is text, and never a command: in the line of commands a new line is a space.
static unsigned take_pasted(struct dashboard *d, int key)
{
    bool gap = key == KEY_OF_ENTER || key == '\t';
    if (d->search)
        return REFRESH_NOTHING;
    if (d->state.typing)
        return send_to_guest(d, key);
    if (d->state.prompt.open && (gap || (key >= ' ' && key < KEY_OF_UP)))
        return type_to_prompt(d, gap ? ' ' : key);
    return REFRESH_NOTHING;
}

// A second end says that a paste which had stopped is over. The message about the pause is then
// out of date.
static unsigned end_paste(struct dashboard *d)
{
    if (!d->pasting)
        d->state.message[0] = 0;
    d->pasting = false;
    dashboard_forget_stale(d);
    return REFRESH_SCREEN;
}

// ---- the lesson

static bool is_up(int key)
{
    return key == KEY_OF_UP || key == KEY_OF_LEFT || key == 'k' || key == 'h' ||
           key == KEY_OF_WHEEL_UP;
}

static bool is_down(int key)
{
    return key == KEY_OF_DOWN || key == KEY_OF_RIGHT || key == 'j' || key == 'l' ||
           key == KEY_OF_WHEEL_DOWN;
}

static unsigned answer(struct dashboard *d, int choice)
{
    playback_answer(&d->drive.play, choice);
    d->state.choice = 0;
    dashboard_follow_newest(d);
    drive_go(&d->drive, GOAL_RUN);
    return REFRESH_MODEL;
}

// While the script asks, the arrows, Enter and Esc belong to the question. Returns false for all
// other keys.
static bool take_question_key(struct dashboard *d, int key, unsigned *refresh)
{
    d->state.banner_seek = is_up(key) || is_down(key);
    const struct lesson_stop *stop = scenario_stop(d->drive.play.sc);
    u32 choices = stop && stop->kind == LESSON_ASK ? stop->question->choices : 0;
    *refresh = REFRESH_SCREEN;
    if (!choices || d->state.help)
        return false;
    if (key == KEY_OF_ENTER)
        *refresh = answer(d, (int)d->state.choice);
    else if (key == KEY_OF_ESCAPE)
        *refresh = answer(d, -1);
    else if (is_up(key))
        d->state.choice = (d->state.choice + choices - 1) % choices;
    else if (is_down(key))
        d->state.choice = (d->state.choice + 1) % choices;
    else
        return false;
    return true;
}

// Handles the keys at the end of a lesson. Returns false for all other keys.
static bool take_end_key(struct dashboard *d, int key, unsigned *refresh)
{
    *refresh = REFRESH_SCREEN;
    if (!banner_is_end(&d->now, &d->state) || d->state.help)
        return false;
    if (key == KEY_OF_ENTER)
        *refresh = REFRESH_QUIT | REFRESH_NEXT;
    else if (key == KEY_OF_ESCAPE)
        d->state.banner_closed = true;
    else if (is_up(key))
        d->state.banner_scroll--;
    else if (is_down(key))
        d->state.banner_scroll++;
    else
        return false;
    return true;
}

// A banner that is longer than its room scrolls by page keys. Returns false if it need not.
static bool scroll_banner(struct dashboard *d, int key)
{
    bool page = key == KEY_OF_PAGE_UP || key == KEY_OF_PAGE_DOWN;
    if (!page || !d->state.banner_cut || d->state.help || d->state.typing)
        return false;
    d->state.banner_scroll += key == KEY_OF_PAGE_UP ? -2 : 2; // frame_draw corrects it
    return true;
}

static unsigned say_unbound(struct dashboard *d, int key)
{
    char text[80], name[5] = "";
    bool shown = key > ' ' && key < KEY_OF_UP && text_is_harmless((u32)key);
    if (shown)
        glyph_utf8((u32)key, name);
    snprintf(text, sizeof text, "%s%shas no meaning here; ? shows the keys",
             shown ? name : "this key", " ");
    return dashboard_say(d, text);
}

// The help covers the panes. So a key that does not scroll closes the help first: the person
// must see what the key does.
static void leave_help(struct dashboard *d, const struct binding *b)
{
    switch (b ? b->action : ACTION_NONE) {
    case ACTION_UP:
    case ACTION_DOWN:
    case ACTION_PAGE_UP:
    case ACTION_PAGE_DOWN:
    case ACTION_FIRST:
    case ACTION_LAST:
    case ACTION_NEXT_PANE:
    case ACTION_PREVIOUS_PANE:
    case ACTION_HELP:
    case ACTION_ESCAPE:
    case ACTION_REDRAW:
        return;
    default:
        d->state.help = false;
    }
}

unsigned dashboard_key(struct dashboard *d, int key)
{
    if (key == KEY_OF_HANGUP)
        return REFRESH_QUIT;
    if (key == KEY_OF_RESIZE)
        return REFRESH_MODEL | REFRESH_ALL;
    d->state.first_run = false;
    if (key == KEY_OF_PASTE_END)
        return end_paste(d);
    if (d->pasting) {
        dashboard_forget_stale(d);
        return take_pasted(d, key);
    }
    if (scroll_banner(d, key))
        return REFRESH_SCREEN;
    bool had_note = d->state.note[0];
    d->state.message[0] = d->state.note[0] = 0;
    dashboard_forget_stale(d);
    if (key == KEY_OF_PASTE || key == KEY_OF_PASTE_GOES_ON)
        return begin_paste(d, key);
    if (d->search && key == KEY_OF_ESCAPE)
        return dashboard_search_stop(d);
    if (d->filming.child && key == KEY_OF_ESCAPE) {
        filming_end(&d->filming);
        return dashboard_say(d, "the film was given up; there is no file");
    }
    if (d->search && key != 'q')
        return dashboard_say(d, "the whole run is searched; Esc stops that");
    if (key == KEY_OF_ESCAPE && d->now.run == RUN_FAILED)
        d->state.banner_closed = true; // the error of the script was read
    if (had_note && key == KEY_OF_ESCAPE)
        return REFRESH_SCREEN;
    if (d->state.typing)
        return type_to_guest(d, key);
    if (d->state.prompt.open)
        return type_to_prompt(d, key);
    unsigned refresh;
    if (take_question_key(d, key, &refresh) || take_end_key(d, key, &refresh))
        return refresh;
    const struct binding *b = keys_find(key);
    leave_help(d, b);
    return b ? dashboard_act(d, b) | REFRESH_SCREEN : say_unbound(d, key);
}
