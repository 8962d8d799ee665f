// Reading one line of a file. Read ui/dashboard/source.h first.
#include "ui/dashboard/source.h"
#include "scenarios/host/files.h"
#include "ui/terminal/text.h"

#include <stdlib.h>
#include <string.h>

#define SOURCE_MOST (1u << 20) // bytes of a file that is read

// Several blanks become one, because a pane has little room.
static void squeeze(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++)
        if (*from != ' ' || (to > text && to[-1] != ' '))
            *to++ = *from;
    *to = 0;
}

void source_text(const char *file, u32 line, char *to, size_t size)
{
    char unused[200];
    size_t length;
    to[0] = 0;
    if (!file_is_regular(file))
        return;
    char *text = file_text(file, SOURCE_MOST, &length, unused, sizeof unused);
    const char *at = text;
    for (u32 i = 1; i < line && at; i++) {
        at = strchr(at, '\n');
        at = at ? at + 1 : NULL;
    }
    if (at) {
        at += strspn(at, " \t");
        text_harmless(at, strcspn(at, "\r\n"), to, size);
        squeeze(to);
    }
    free(text);
}
