// Comparing a trap with the words of a filter. Read ui/dashboard/filter.h first.
#include "ui/dashboard/filter.h"
#include "ui/dashboard/words.h"

#include <stdio.h>
#include <string.h>

// Returns true if the row's VM has this name, or is inside the VM of this name. "g1.2" is inside
// "g1", but "g12" is not.
static bool is_inside(const struct trap_row *row, const char *word)
{
    char path[40];
    size_t length = strlen(word);
    vm_path_print(&row->path, path, sizeof path);
    return !strncmp(path, word, length) && (path[length] == 0 || path[length] == '.');
}

static bool word_fits(const char *word, const struct trap_row *row, u32 profile)
{
    const struct trap_class *class = &trap_classes[row->class];
    char cause[64], level[8];
    if (strlen(word) == 1 && *word >= 'A' && *word <= 'Z')
        return class->letter == *word;
    snprintf(level, sizeof level, "L%u", vm_path_length(&row->path));
    return !strcmp(word, class->name) || !strcmp(word, words_action(row)) || !strcmp(word, level) ||
           is_inside(row, word) || strstr(words_cause(row, profile, cause), word);
}

bool filter_takes(const char *filter, const struct trap_row *row, u32 profile)
{
    while (*filter) {
        char word[FILTER_SIZE];
        size_t length = strcspn(filter, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, filter);
        filter += length + strspn(filter + length, " ");
        bool wanted = word[0] != '!';
        const char *text = wanted ? word : word + 1;
        if (*text && word_fits(text, row, profile) != wanted)
            return false;
    }
    return true;
}
