// Delta debugging (Zeller and Hildebrandt 2002) in two rounds: over pieces in halves, quarters, ...
// down to single ones, until no piece can go; then over the lines of those pieces that may be taken
// apart.
// Read next: tests/fuzz/lockstep.c.
#include "tests/fuzz/shrink.h"

#include <stdlib.h>
#include <string.h>

bool program_fails(const struct program *p, const struct configuration *other, char *text,
                   size_t size)
{
    char *source = program_text(p);
    struct asm_image image;
    struct asm_errors errors;
    struct run a, b;
    bool differs = false;
    if (asm_assemble(source, strlen(source), "fuzz.s", ASM_BASE, false, &image, &errors)) {
        run_program(&a, other->like ? configuration_find(other->like) : &configurations[0], &image,
                    p->options);
        run_program(&b, other, &image, p->options);
        differs = a.ending != ENDING_STEPS && run_differs(&a, &b, text, size);
        if (!differs && other->like && a.event_hash != b.event_hash)
            differs = snprintf(text, size, "the same end, but not the events of %s", other->like);
        run_free(&a);
        run_free(&b);
        asm_image_free(&image);
    } else {
        asm_errors_free(&errors);
    }
    free(source);
    return differs;
}

struct shrinking {
    struct program *p;
    const struct configuration *other;
    u32 runs;
};

static bool still_fails(struct shrinking *s)
{
    char text[RUN_ERROR];
    s->runs++;
    return program_fails(s->p, s->other, text, sizeof text);
}

// Tries to do without `count` of the removable pieces that are left, from the `first` of them on.
static bool drop_pieces(struct shrinking *s, u32 first, u32 count)
{
    u32 dropped[4096], n = 0, seen = 0;
    for (u32 i = 0; i < s->p->count && n < count && n < 4096; i++) {
        struct piece *piece = &s->p->pieces[i];
        if (piece->keep || piece->gone || seen++ < first)
            continue;
        piece->gone = true;
        dropped[n++] = i;
    }
    if (n && still_fails(s))
        return true;
    for (u32 i = 0; i < n; i++)
        s->p->pieces[dropped[i]].gone = false;
    return false;
}

static bool shrink_pieces(struct shrinking *s)
{
    bool any = false;
    for (u32 count = program_size(s->p) / 2 + 1; count; count = count > 1 ? (count + 1) / 2 : 0)
        for (u32 first = 0; first < program_size(s->p);)
            if (drop_pieces(s, first, count))
                any = true;
            else
                first += count;
    return any;
}

// The way home and the label it names stay: the first and the last line.
static void shrink_lines(struct shrinking *s, struct piece *piece)
{
    char *line = strchr(piece->text, '\n') + 1;
    for (char *next; *line && (next = strchr(line, '\n') + 1) && *next;) {
        char *before = strdup(piece->text);
        if (!before)
            abort();
        memmove(line, next, strlen(next) + 1);
        if (still_fails(s)) {
            free(before);
        } else {
            strcpy(piece->text, before);
            free(before);
            line = next;
        }
    }
}

u32 program_shrink(struct program *p, const struct configuration *other)
{
    struct shrinking s = {p, other, 0};
    while (shrink_pieces(&s))
        ;
    for (u32 i = 0; i < p->count; i++)
        if (!p->pieces[i].keep && !p->pieces[i].gone && !p->pieces[i].whole)
            shrink_lines(&s, &p->pieces[i]);
    return s.runs;
}
