// What views share. Read ui/dashboard/view.h first.
#include "ui/dashboard/view.h"

#include <string.h>

bool view_must_show(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (; words && *words; words += strcspn(words, " "), words += strspn(words, " "))
        if (strcspn(words, " ") == length && strncmp(words, word, length) == 0)
            return true;
    return false;
}
