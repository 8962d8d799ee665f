// The pieces of a program: written one line at a time, joined to one text. Read next: gen.c, which writes them;
// shrink.c, which leaves them out.
#include "tests/fuzz/program.h"

#include <stdarg.h>
#include <stdlib.h>

void program_free(struct program *p)
{
    for (u32 i = 0; i < p->count; i++)
        free(p->pieces[i].text);
    free(p->pieces);
    p->pieces = NULL;
    p->count = p->room = 0;
}

void piece_begin(struct program *p, const char *kind, bool keep, bool whole)
{
    if (p->count == p->room) {
        p->room = p->room ? 2 * p->room : 64;
        p->pieces = realloc(p->pieces, p->room * sizeof *p->pieces);
        if (!p->pieces)
            abort(); // a test tool has nothing better to do without memory
    }
    struct piece *piece = &p->pieces[p->count++];
    *piece = (struct piece){.kind = kind, .keep = keep, .whole = whole};
    p->writing = open_memstream(&piece->text, &p->writing_size);
    if (!p->writing)
        abort();
}

void piece_line(struct program *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(p->writing, format, args);
    va_end(args);
    fputc('\n', p->writing);
}

void piece_end(struct program *p)
{
    fclose(p->writing);
    p->writing = NULL;
}

char *program_text(const struct program *p)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        abort();
    for (u32 i = 0; i < p->count; i++)
        if (!p->pieces[i].gone)
            fprintf(out, "# %s\n%s", p->pieces[i].kind, p->pieces[i].text);
    fclose(out);
    return text;
}

u32 program_size(const struct program *p)
{
    u32 size = 0;
    for (u32 i = 0; i < p->count; i++)
        size += !p->pieces[i].keep && !p->pieces[i].gone;
    return size;
}
