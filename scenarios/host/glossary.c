// The glossary as an array, and the look-up of a word. Read scenarios/host/glossary.h first.
#include "scenarios/host/glossary.h"

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

const struct glossary_word *glossary_find(const char *text)
{
    if (!*text) // an empty text is no word, though many words have an empty other form
        return NULL;
    for (size_t i = 0; i < WORDS; i++)
        if (!strcasecmp(words[i].name, text) || !strcasecmp(words[i].also, text))
            return &words[i];
    return NULL;
}
