// Places in panes. Read ui/dashboard/pointing.h first.
#include "ui/dashboard/pointing.h"
#include "ui/dashboard/story.h"

#include <stdio.h>
#include <string.h>

u32 pointing_phase(const struct model *now, const struct screen_state *state)
{
    return state->phase && model_trap(now) && state->phase_trap == now->trap ? state->phase : 0;
}

static const char *next_place(const char *place)
{
    place += strcspn(place, " ");
    return place + strspn(place, " ");
}

// Returns true if a pane shows what a phase of this trap touches. The log shows every trap. The
// other panes show the present, and panes 2, 6 and 7 show only one VCPU.
static bool shows(const struct model *now, char pane, const struct trap_row *row)
{
    if (pane == '3' || pane == '4')
        return true;
    bool of_vcpu = pane == '2' || pane == '6' || pane == '7';
    bool is_its_vcpu =
        vm_path_equal(&now->vcpu.path, &row->path) && now->vcpu.index == trap_row_vcpu(row);
    return story_is_now(now, row) && (!of_vcpu || is_its_vcpu);
}

// The places of one phase. The story itself is always among them.
static void places_of_phase(const struct model *now, u32 phase, char *to)
{
    const struct trap_row *row = model_trap(now);
    struct story story;
    story_tell(now, row, &story);
    const char *look = phase <= story.count ? story.phase[phase - 1].look : "";
    size_t n = (size_t)snprintf(to, POINTING_SIZE, "0");
    for (; *look && n < POINTING_SIZE; look = next_place(look))
        if (shows(now, *look, row))
            n +=
                (size_t)snprintf(to + n, POINTING_SIZE - n, " %.*s", (int)strcspn(look, " "), look);
}

const char *pointing_places(const struct model *now, const struct screen_state *state, char *to)
{
    u32 phase = pointing_phase(now, state);
    const char *look = now->stop && now->stop->look ? now->stop->look : "";
    if (phase)
        places_of_phase(now, phase, to);
    else
        snprintf(to, POINTING_SIZE, "%s", look);
    return to;
}

u32 pointing_panes(const char *places)
{
    u32 mask = 0;
    for (; *places; places = next_place(places))
        for (int i = 0; i < PANES; i++)
            if (panes[i]->key == *places)
                mask |= 1u << i;
    return mask;
}

void pointing_words(const char *places, enum pane_id pane, char *to)
{
    size_t n = 0;
    to[0] = 0;
    for (; *places; places = next_place(places))
        if (*places == panes[pane]->key && places[1] == ':' && n < POINTING_SIZE)
            n += (size_t)snprintf(to + n, POINTING_SIZE - n, "%s%.*s", n ? " " : "",
                                  (int)strcspn(places + 2, " "), places + 2);
}

static bool is_part_of_word(u32 glyph)
{
    return (glyph >= '0' && glyph <= '9') || (glyph >= 'a' && glyph <= 'z');
}

// Marks one word in one row: "sip" is not marked in "sipx", nor "g1" in "g12".
static void mark_in_row(struct cell *row, int columns, const char *word, int length)
{
    for (int column = 0; column + length <= columns; column++) {
        int same = 0;
        while (same < length && row[column + same].glyph == (u8)word[same])
            same++;
        bool begins = column == 0 || !is_part_of_word(row[column - 1].glyph);
        bool ends = column + length == columns || !is_part_of_word(row[column + length].glyph);
        if (same < length || !begins || !ends)
            continue;
        for (int i = 0; i < length; i++)
            row[column + i].attributes |= ATTRIBUTE_REVERSE | ATTRIBUTE_BOLD;
    }
}

void pointing_mark(const struct area *a, const char *words)
{
    for (; *words; words = next_place(words)) {
        int length = (int)strcspn(words, " ");
        for (int row = 0; row < a->rows; row++)
            mark_in_row(&a->grid->at[(a->row + row) * a->grid->columns + a->column], a->columns,
                        words, length);
    }
}
