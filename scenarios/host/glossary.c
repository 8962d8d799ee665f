// The glossary as an array, and the look-up of a word. Read scenarios/host/glossary.h first.
#include "scenarios/host/glossary.h"

#include <string.h>
#include <strings.h>

static const struct glossary_word words[] = {
#define WORD(group, name, also, lesson, meaning) {group, name, also, meaning, lesson},
#include "scenarios/host/glossary.def"
#undef WORD
};

#define WORDS (sizeof words / sizeof *words)

const struct glossary_word *glossary_at(size_t index)
{
    return index < WORDS ? &words[index] : NULL;
}

// Returns true if `text` is this name in any letter case, or its plural. An empty name is no
// name.
static bool is_named(const char *name, const char *text)
{
    size_t length = strlen(name);
    if (!length || strncasecmp(name, text, length))
        return false;
    const char *rest = text + length;
    return !*rest || !strcasecmp(rest, "s") || !strcasecmp(rest, "es");
}

const struct glossary_word *glossary_find(const char *text)
{
    for (size_t i = 0; i < WORDS; i++)
        if (is_named(words[i].name, text) || is_named(words[i].also, text))
            return &words[i];
    return NULL;
}
