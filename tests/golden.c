// Cells as text, and the comparison with a file. Contract: tests/golden.h.
#include "tests/golden.h"
#include "tests/suite.h"
#include "ui/terminal/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Three layers, one below the other: the text, the role of each cell as a letter, its attributes as
// a digit.
static void print_cells(const struct cells *c, FILE *to)
{
    static const char letters[] = ".abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (int layer = 0; layer < 3; layer++) {
        static const char *const names[] = {"text", "roles", "attributes"};
        fprintf(to, "---- %s\n", names[layer]);
        for (int row = 0; row < c->rows; row++) {
            for (int column = 0; column < c->columns; column++) {
                const struct cell *cell = &c->at[row * c->columns + column];
                char glyph[5];
                glyph_utf8(cell->glyph, glyph);
                if (layer == 0)
                    fputs(glyph, to);
                else
                    fputc(layer == 1 ? letters[cell->role]
                                     : (cell->attributes ? '0' + cell->attributes : '.'),
                          to);
            }
            fputs("|\n", to);
        }
    }
    fprintf(to, "---- cursor %d,%d\n", c->cursor_row, c->cursor_column);
}

static bool same_as_file(const char *path, const char *text, size_t size)
{
    char *kept = calloc(1, size + 2);
    FILE *f = fopen(path, "rb");
    size_t length = f ? fread(kept, 1, size + 1, f) : 0;
    bool same = f && length == size && !memcmp(kept, text, size);
    if (f)
        fclose(f);
    free(kept);
    return same;
}

// The line that begins here, without its end. Returns where the next one begins, or NULL.
static const char *next_line(const char *text, int *length)
{
    *length = (int)strcspn(text, "\n");
    return text[*length] ? text + *length + 1 : NULL;
}

// Prints each line that is another one in the file: "-" is what is kept there, "+" what was drawn.
static void print_difference(const char *path, const char *text)
{
    char *kept = NULL;
    size_t size = 0;
    int length;
    FILE *f = fopen(path, "rb");
    printf("# %s differs%s\n", path, f ? ":" : ", since it is not there:");
    for (int line = 1; text && *text; line++) {
        const char *next = next_line(text, &length);
        ssize_t got = f ? getline(&kept, &size, f) : -1;
        int known = got > 0 ? (int)strcspn(kept, "\n") : 0;
        if (known != length || memcmp(kept, text, (size_t)length) != 0)
            printf("#%4d -%.*s\n#%4d +%.*s\n", line, known, known ? kept : "", line, length, text);
        text = next;
    }
    while (f && getline(&kept, &size, f) > 0)
        printf("#     -%s", kept);
    free(kept);
    if (f)
        fclose(f);
}

void golden_compare_text(const char *text, const char *name)
{
    char path[160];
    size_t size = strlen(text);
    snprintf(path, sizeof path, "tests/golden/%s.txt", name);
    if (getenv("GOLDEN_WRITE")) {
        FILE *f = fopen(path, "wb");
        CU_ASSERT_PTR_NOT_NULL_FATAL(f);
        fwrite(text, 1, size, f);
        fclose(f);
    }
    bool same = same_as_file(path, text, size);
    if (!same)
        print_difference(path, text);
    CU_ASSERT(same);
}

static char *text_of(const struct cells *c)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(memory);
    print_cells(c, memory);
    fclose(memory);
    return text;
}

void golden_compare(const struct cells *c, const char *name)
{
    char *text = text_of(c);
    golden_compare_text(text, name);
    free(text);
}

#define ADDRESS_DIGITS 8

// Hides an address (eight hexadecimal digits, and not a small number) or a count from 1,000 on that
// begins here. Returns what is behind the word.
static char *hide_word(char *word)
{
    size_t hex = strspn(word, "0123456789abcdef"), number = strspn(word, "0123456789,");
    bool is_address = hex == ADDRESS_DIGITS && word[0] != '0';
    bool is_count = number > hex && strcspn(word, ",") < number - 1;
    size_t size = number > hex ? number : hex;
    for (size_t i = 0; i < size && (is_address || is_count); i++)
        if (word[i] != ',')
            word[i] = '#';
    return word + size;
}

static bool row_has(const struct cells *c, int row, const char *ascii)
{
    int length = (int)strlen(ascii), same = 0;
    for (int column = 0; column < c->columns && same < length; column++)
        same = c->at[row * c->columns + column].glyph == (u32)ascii[same] ? same + 1 : 0;
    return same == length;
}

// A step more or less, and another column of the timeline has the trap: hides what it draws.
static void hide_timeline(const struct cells *c)
{
    static const u32 side = 0x2502; // the line at the side of a pane
    bool in_timeline = false;
    for (int row = 0; row < c->rows; row++) {
        struct cell *cells = &c->at[row * c->columns];
        in_timeline = cells->glyph == side ? in_timeline : row_has(c, row, "5 Timeline");
        for (int column = 1; column < c->columns - 1 && cells->glyph == side && in_timeline;
             column++)
            cells[column] = (struct cell){.glyph = '~'};
    }
}

void golden_compare_but_places(const struct cells *c, const char *name)
{
    size_t size = (size_t)c->rows * (size_t)c->columns * sizeof *c->at;
    struct cells copy = *c;
    copy.at = malloc(size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(copy.at);
    memcpy(copy.at, c->at, size);
    hide_timeline(&copy);
    char *text = text_of(&copy), *end = strstr(text, "---- roles");
    free(copy.at);
    for (char *at = text; at < end;)
        at = strspn(at, "0123456789abcdef") ? hide_word(at) : at + 1;
    golden_compare_text(text, name);
    free(text);
}
