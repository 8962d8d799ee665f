// The opening comment of a script, which is all that the menu shows of it. Read
// scenarios/script/scenario.h first.
// Read next: scenarios/script/catalog.c.
#include "scenarios/script/scenario.h"

#include "scenarios/host/files.h"
#include "scenarios/script/text.h"

#include <stdlib.h>
#include <string.h>

void scenario_read_comment(const char *source, char **title, char **description)
{
    size_t room = 4 * strlen(source) + 8; // text_clean may make four bytes of one
    *title = calloc(1, room);
    *description = calloc(1, room);
    if (!*title || !*description)
        return;
    char *to = *title;
    for (const char *line = source; !strncmp(line, "--", 2) && strncmp(line, "--[[", 4);) {
        const char *text = line + 2 + (line[2] == ' ');
        size_t length = strcspn(text, "\n");
        if (to != *title && to != *description)
            *to++ = '\n';
        to += text_clean(text, length, to, 4 * length + 8);
        if (line == source)
            to = *description;
        line = text + length + (text[length] == '\n');
    }
}

bool scenario_read_header(const char *path, char **title, char **description, char *error,
                          size_t error_size)
{
    size_t size;
    char *source = file_text(path, SCENARIO_SOURCE_MAX, &size, error, error_size);
    if (!source)
        return false;
    scenario_read_comment(source, title, description);
    free(source);
    return true;
}
