// Drawing the banner. Read ui/dashboard/banner.h first.
#include "ui/terminal/target.h"
#include "ui/dashboard/banner.h"
#include "ui/terminal/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// Writes the lines of the banner one below the other.
struct scribe {
    const struct area *area;
    int row;
    int chosen; // the last row of the chosen answer; -1: no answer is chosen
};

// Writes a paragraph, broken between words. `mark` stands before its first line, and the other
// lines begin behind the mark.
static void write_text(struct scribe *s, enum role role, u8 attributes, const char *mark,
                       const char *format, ...) __attribute__((format(printf, 5, 6)));
static void write_text(struct scribe *s, enum role role, u8 attributes, const char *mark,
                       const char *format, ...)
{
    char raw[2048], text[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    text_harmless(raw, strlen(raw), text, sizeof text); // a script may have written it
    int column = area_put(s->area, s->row, 1, role, ATTRIBUTE_BOLD, mark);
    s->row +=
        area_put_wrapped(s->area, s->row, column, s->area->columns - 1, role, attributes, text);
}

// ---- a question and its answer

static void write_question(struct scribe *s, const struct lesson_question *q, u32 choice)
{
    write_text(s, ROLE_TITLE, ATTRIBUTE_BOLD, "", "%s", q->text);
    for (u32 i = 0; i < q->choices; i++) {
        bool chosen = i == choice;
        int first = s->row;
        write_text(s, chosen ? ROLE_FOCUS : ROLE_PLAIN, chosen ? ATTRIBUTE_BOLD : 0,
                   chosen ? "  [x] " : "  [ ] ", "%s", q->choice[i]);
        for (int row = first; row < s->row; row++)
            area_target(s->area, row, 0, s->area->columns, TARGET_CHOICE, i);
        s->chosen = chosen ? s->row - 1 : s->chosen;
        if (chosen && s->row > 0 && s->row <= s->area->rows) {
            s->area->grid->cursor_row = s->area->row + s->row - 1;
            s->area->grid->cursor_column = s->area->column + 4;
        }
    }
}

// The reason for the choice that the viewer took comes first, then the right one.
static void write_answer(struct scribe *s, const struct lesson_question *q)
{
    const char *right = q->choice[q->right], *why = q->why[q->right];
    write_text(s, ROLE_DIM, 0, "", "%s", q->text);
    if (!q->holds)
        write_text(s, ROLE_BAD, 0, "",
                   "The machine shows something else than this lesson expects. "
                   "Please tell whoever wrote the lesson.");
    if (q->answer == (int)q->right) {
        write_text(s, ROLE_GOOD, 0, "✓ ", "You said: %s. That is right. %s", right, why);
        return;
    }
    if (q->answer >= 0)
        write_text(s, ROLE_BAD, 0, "✗ ", "You said: %s. %s", q->choice[q->answer],
                   q->why[q->answer]);
    write_text(s, ROLE_GOOD, 0, "✓ ", "The answer is: %s. %s", right, why);
}

// ---- the end of a lesson

static void write_predictions(struct scribe *s, const struct lesson *lesson)
{
    u32 right = 0;
    for (u32 i = 0; i < lesson->questions; i++)
        right += lesson->question[i].answer == (int)lesson->question[i].right;
    if (lesson->questions)
        write_text(s, ROLE_TITLE, ATTRIBUTE_BOLD, "", "Your predictions: %u of %u right", right,
                   lesson->questions);
    for (u32 i = 0; i < lesson->questions; i++) {
        const struct lesson_question *q = &lesson->question[i];
        const char *right = q->choice[q->right];
        if (q->answer == (int)q->right)
            write_text(s, ROLE_GOOD, 0, " ✓ ", "%s You said: %s", q->text, right);
        else if (q->answer < 0)
            write_text(s, ROLE_DIM, 0, " · ", "%s You skipped it. The answer is: %s", q->text,
                       right);
        else
            write_text(s, ROLE_BAD, 0, " ✗ ", "%s You said: %s. The answer is: %s", q->text,
                       q->choice[q->answer], right);
    }
}

static void write_checks(struct scribe *s, const struct model *now)
{
    if (now->checks_failed)
        write_text(s, ROLE_BAD, ATTRIBUTE_BOLD, "", "Checks: %u of %u failed. Pane 8 says which.",
                   now->checks_failed, now->checks_met);
    else if (now->checks_met)
        write_text(s, ROLE_GOOD, ATTRIBUTE_BOLD, "",
                   "Checks: %u of %u passed. The machine does what this lesson says.",
                   now->checks_met, now->checks_met);
}

static void write_end(struct scribe *s, const struct model *now)
{
    const struct lesson *lesson = now->lesson;
    if (lesson->idea[0])
        write_text(s, ROLE_PLAIN, 0, "", "%s", lesson->idea);
    write_predictions(s, lesson);
    write_checks(s, now);
    for (u32 i = 0; i < lesson->tries; i++)
        write_text(s, ROLE_PLAIN, 0, "Try: ", "%s%s%s", lesson->tries_list[i].change,
                   lesson->tries_list[i].result[0] ? " → " : "", lesson->tries_list[i].result);
    if (lesson->discussion[0])
        write_text(s, ROLE_PLAIN, 0, "Think: ", "%s", lesson->discussion);
    for (u32 i = 0; i < lesson->more_count; i++)
        write_text(s, ROLE_DIM, 0, "More: ", "trapeze run %s", lesson->more[i]);
}

// ---- the banner

bool banner_is_end(const struct model *now, const struct screen_state *state)
{
    return now->lesson && now->run == RUN_DONE && !state->banner_closed;
}

// Writes text that does not come from the script: an explanation, or a message that is too wide
// for its line.
static const char *said(const struct model *now, const struct screen_state *state, int columns)
{
    size_t room = columns > 2 ? (size_t)columns - 2 : 0;
    bool failed = now->run == RUN_FAILED && !state->banner_closed;
    if (state->note[0])
        return state->note;
    if (state->message[0] && text_columns(state->message) > room)
        return state->message;
    if (failed && !state->message[0] && text_columns(now->error) > room)
        return now->error;
    if (state->first_run && !now->stop && !now->lesson)
        return "A machine runs here, and each trap is a line of pane 3. p pauses, and c runs on. t "
               "runs to the next trap, and T goes back. s and S do the same with single "
               "instructions. o tells a trap phase by phase. d explains a trap in words. A number "
               "chooses a pane, and z shows it alone. ? shows all keys, and q leaves.";
    return NULL;
}

bool banner_has_message(const struct model *now, const struct screen_state *state, int columns)
{
    const char *text = said(now, state, columns);
    return text == state->message || text == now->error;
}

// Writes the text that begins `scroll` rows above the area. Returns how far the scribe has come.
static struct scribe write_all(const struct model *now, const struct screen_state *state,
                               const struct area *area, int scroll)
{
    struct scribe s = {area, -scroll, -1};
    const struct lesson_stop *stop = now->stop;
    const char *other = said(now, state, area->columns + 2);
    if (other)
        write_text(&s, ROLE_PLAIN, 0, "", "%s", other);
    else if (banner_is_end(now, state))
        write_end(&s, now);
    else if (stop && stop->kind == LESSON_ASK)
        write_question(&s, stop->question, state->choice);
    else if (stop && stop->kind == LESSON_REVEAL)
        write_answer(&s, stop->question);
    else if (stop)
        write_text(&s, ROLE_PLAIN, 0, "", "%s", stop->text);
    return s;
}

// The same without drawing. The row behind the text tells how many rows the text has.
static struct scribe measure(const struct model *now, const struct screen_state *state, int columns)
{
    struct cells none = {0};
    struct area nowhere = {&none, 0, 0, 0, columns};
    return write_all(now, state, &nowhere, 0);
}

int banner_rows(const struct model *now, const struct screen_state *state, int columns)
{
    int rows = columns > 4 ? measure(now, state, columns - 2).row : 0;
    return rows ? rows + 2 : 0;
}

void banner_title(const struct model *now, const struct screen_state *state, int columns, char *to)
{
    const struct lesson *lesson = now->lesson;
    char title[64] = "";
    const char *other = state->first_run ? " The first time? " : " Message ";
    if (lesson)
        text_harmless(lesson->title, strlen(lesson->title), title, sizeof title);
    if (said(now, state, columns))
        snprintf(to, VIEW_TITLE, "%s", state->note[0] ? " What it means " : other);
    else if (!lesson)
        snprintf(to, VIEW_TITLE, " The script says ");
    else if (now->stop)
        snprintf(to, VIEW_TITLE, " Lesson %u  %s  stop %u ", lesson->number, title,
                 now->stop->number);
    else
        snprintf(to, VIEW_TITLE, " Lesson %u  %s  the end ", lesson->number, title);
}

// Leaves out hints, the last one first, until the rest has room. Three blanks part two hints.
static void leave_out_last(char *hints, size_t room)
{
    while (text_columns(hints) > room) {
        char *last = NULL;
        for (char *next = hints; (next = strstr(next, "   ")); next++)
            last = next;
        if (!last)
            return;
        last[1] = 0;
    }
}

void banner_keys(const struct model *now, const struct screen_state *state, int columns, char *to)
{
    const char *keys = " Enter next lesson   Esc look around   q quit ";
    if (now->stop && now->stop->kind == LESSON_ASK)
        keys = " arrows choose   Enter answers   Esc skips   Backspace goes back ";
    else if (now->stop)
        keys = " c goes on   Backspace goes back ";
    if (said(now, state, columns))
        keys = " Esc closes ";
    snprintf(to, VIEW_TITLE, "%s%s", state->banner_cut ? " PgUp PgDn scroll  " : "", keys);
    leave_out_last(to, (size_t)(columns > 5 ? columns - 4 : 1));
}

void banner_draw(const struct model *now, struct screen_state *state, const struct area *area)
{
    struct scribe whole = measure(now, state, area->columns);
    int most = whole.row - area->rows;
    if (state->banner_seek && whole.chosen >= 0) // the arrows have moved: the answer must be seen
        state->banner_scroll =
            clamp(state->banner_scroll, whole.chosen - area->rows + 1, whole.chosen);
    state->banner_seek = false;
    state->banner_cut = most > 0;
    state->banner_scroll = clamp(state->banner_scroll, 0, most > 0 ? most : 0);
    write_all(now, state, area, state->banner_scroll);
}
