// The pieces of a program: written one line at a time, joined to one text.
#include "scenarios/random/program.h"
#include "scenarios/random/gen.h"

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

// What an @ and a letter in a line stand for (program.h).
static void put_drawn(struct program *p, char letter)
{
    struct rng *r = &p->rng;
    switch (letter) {
    case 'd':
        fprintf(p->writing, "x%u", gen_register(p));
        break;
    case 's':
        fprintf(p->writing, "x%u", gen_source(p));
        break;
    case 'r':
        fprintf(p->writing, "x%u", 8 + rng_below(r, 19));
        break;
    case '0':
        fprintf(p->writing, "x%u", rng_percent(r, 20) ? 0 : 8 + rng_below(r, 19));
        break;
    case 'h':
        fprintf(p->writing, "%u", p->hart);
        break;
    case '5':
        fprintf(p->writing, "%u", rng_below(r, 32));
        break;
    case 'i':
        fprintf(p->writing, "%d", (int)rng_below(r, 4096) - 2048);
        break;
    case 'u':
        fprintf(p->writing, "0x%x", rng_below(r, 0x100000));
        break;
    }
}

void piece_line(struct program *p, const char *format, ...)
{
    char line[4096];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (length >= (int)sizeof line)
        abort();
    for (const char *c = line; *c; c++)
        if (*c == '@' && c[1])
            put_drawn(p, *++c);
        else
            fputc(*c, p->writing);
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

void gen_to_kernel(struct program *p)
{
    piece_line(p, "    li a7, 0x%x\n    ecall", CALL_TO_KERNEL);
}
