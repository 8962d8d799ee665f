// The panes in the light, the mono and the high-contrast theme. The text of these screens is that
// of the golden screens of tests/test_views.c, so only the looks are kept: for each run of cells
// that look alike their number, and a letter for the look.
#include "tests/golden.h"
#include "tests/stage.h"
#include "tests/suite.h"
#include "ui/terminal/theme.h"

#include <stdio.h>
#include <stdlib.h>

struct look {
    struct style style;
    u8 attributes;
};

struct looks {
    struct look look[52];
    u32 count;
};

static char look_letter(struct looks *l, const struct cell *cell, enum theme theme)
{
    struct style style = theme_style((enum role)cell->role, theme, 256);
    u8 attributes = cell->attributes | style.attributes;
    u32 i = 0;
    while (i < l->count &&
           (l->look[i].style.foreground != style.foreground ||
            l->look[i].style.background != style.background || l->look[i].attributes != attributes))
        i++;
    CU_ASSERT_FATAL(i < 52);
    if (i == l->count)
        l->look[l->count++] = (struct look){style, attributes};
    return (char)(i < 26 ? 'a' + i : 'A' + i - 26);
}

static void print_looks(struct looks *l, const struct cells *c, enum theme theme, FILE *to)
{
    for (int row = 0; row < c->rows; row++) {
        const struct cell *cell = &c->at[row * c->columns];
        for (int column = 0, run = 1; column < c->columns; column++, run++) {
            char letter = look_letter(l, &cell[column], theme);
            if (column + 1 < c->columns && look_letter(l, &cell[column + 1], theme) == letter)
                continue;
            fprintf(to, "%d%c", run, letter);
            run = 0;
        }
        fputc('\n', to);
    }
}

static void golden_theme(enum theme theme, int rows, int columns)
{
    struct looks looks = {0};
    char name[40], *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(to);
    for (int i = 0; i < PANES; i++) {
        struct stage *s = stage_zoomed(i, rows, columns);
        fprintf(to, "---- %s\n", stage_panes[i]);
        print_looks(&looks, &s->cells, theme, to);
        stage_free(s);
    }
    fputs("---- looks: foreground, background, attributes\n", to);
    for (u32 i = 0; i < looks.count; i++)
        fprintf(to, "%c %d %d %u\n", (char)(i < 26 ? 'a' + i : 'A' + i - 26),
                looks.look[i].style.foreground, looks.look[i].style.background,
                (unsigned)looks.look[i].attributes);
    fclose(to);
    snprintf(name, sizeof name, "looks-%s-%dx%d", theme_names[theme], columns, rows);
    golden_compare_text(text, name);
    free(text);
}

static void test_themes(void)
{
    static const enum theme themes[] = {THEME_LIGHT, THEME_MONO, THEME_CONTRAST};
    for (int i = 0; i < 3; i++) {
        golden_theme(themes[i], 24, 80);
        golden_theme(themes[i], 50, 160);
    }
}

const struct suite suite_looks = {
    "looks",
    (const struct test[]){
        {"each pane has its golden looks in the light, the mono and the high-contrast theme",
         test_themes},
        {0}}};
