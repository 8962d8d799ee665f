// Reading and writing the layout. Read ui/dashboard/remembered.h first.
#include "ui/dashboard/remembered.h"
#include "scenarios/host/files.h"
#include "ui/dashboard/state_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MOST 256 // bytes; the longest true file is shorter

// The index of the word among those of a list that NULL closes, or -1.
static int word_index(const char *word, const char *const words[])
{
    for (int i = 0; words[i]; i++)
        if (!strcmp(word, words[i]))
            return i;
    return -1;
}

static const char *const yes_no[] = {"no", "yes", NULL};

static bool read_text(struct dashboard *d, const char *text)
{
    char key, zoomed[8], theme[12];
    int end = 0;
    if (sscanf(text, "pane %c zoomed %7s theme %11s%n", &key, zoomed, theme, &end) != 3 ||
        strcmp(text + end, "\n") != 0)
        return false;
    int alone = word_index(zoomed, yes_no), number = word_index(theme, theme_names), pane = -1;
    for (int i = 0; i < PANES; i++)
        if (panes[i]->key == key)
            pane = i;
    if (alone < 0 || number < 0 || pane < 0)
        return false;
    d->state.focus = (u8)pane;
    d->state.zoomed = alone;
    if (d->theme == THEME_AUTO) // a theme that was asked for now comes first
        d->theme = d->shown_theme = (enum theme)number;
    return true;
}

enum remembered remembered_read(struct dashboard *d)
{
    char error[256], *path = state_file("layout");
    size_t size = 0;
    if (!path || !file_exists(path)) {
        free(path);
        return REMEMBERED_NOTHING;
    }
    char *text = file_text(path, FILE_MOST, &size, error, sizeof error);
    bool taken = text && strlen(text) == size && read_text(d, text);
    free(text);
    free(path);
    return taken ? REMEMBERED_LAYOUT : REMEMBERED_DAMAGED;
}

// A pane that has no place among the others is shown alone as long as it has the focus. The next
// run then begins with all panes.
static u8 pane_to_keep(struct dashboard *d)
{
    struct layout_wish wish = frame_wish(d->rows, d->columns, &d->now, &d->state);
    bool placed = d->state.zoomed || layout_has(&wish, (enum pane_id)d->state.focus);
    return placed ? d->state.focus : (u8)PANE_TRAPS;
}

void remembered_write(struct dashboard *d)
{
    char error[256], *path = state_file("layout");
    struct file_out out;
    // A pipe or a device of that name is not ours to write to.
    bool ours = path && (!file_exists(path) || file_is_regular(path));
    if (ours && file_out_open(&out, path, error, sizeof error)) {
        fprintf(out.file, "pane %c\nzoomed %s\ntheme %s\n", panes[pane_to_keep(d)]->key,
                yes_no[d->state.zoomed], theme_names[d->theme]);
        file_out_commit(&out, error, sizeof error);
        file_out_discard(&out);
    }
    free(path);
}
