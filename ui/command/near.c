// Near names of files. Contract: ui/command/near.h.
// Read next: ui/command/options.c.
#include "ui/command/near.h"

#include "ui/command/options.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

// The name without its ending; NULL: it ends in something else, or it is hidden. malloc'ed.
static char *without_ending(const char *name, const char *ending)
{
    size_t length = strlen(name), end = strlen(ending);
    bool suits = *name != '.' && length > end && !strcmp(name + length - end, ending);
    return suits ? strndup(name, length - end) : NULL;
}

char *near_file(const char *folder, const char *word, const char *ending)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    if (count < 0)
        return NULL;
    char **names = calloc((size_t)count + 1, sizeof *names);
    size_t used = 0;
    for (int i = 0; i < count; i++) {
        char *name = names ? without_ending(entries[i]->d_name, ending) : NULL;
        if (name)
            names[used++] = name;
        free(entries[i]);
    }
    free(entries);
    const char *near = names ? option_near(word, (const char *const *)names) : NULL;
    char *copy = near ? strdup(near) : NULL;
    while (used)
        free(names[--used]);
    free(names);
    return copy;
}
