// The glossary: each word of trapeze with its meaning, as the screens, the lessons and the
// documents use it. The table is scenarios/host/glossary.def.
#ifndef SCENARIOS_HOST_GLOSSARY_H
#define SCENARIOS_HOST_GLOSSARY_H

#include "isa/types.h"

struct glossary_word {
    const char *group;   // "Traps": the words of a group stand together
    const char *name;    // "gpa"
    const char *also;    // another form: "guest physical address"; "" if there is none
    const char *meaning; // one sentence without a full stop
    int lesson;          // the number of the lesson that shows what the word means
};

#define GLOSSARY_NAME_MOST 16 // letters of the longest name

// The words in the order of the table; NULL after the last one.
const struct glossary_word *glossary_at(size_t index);

// Returns the word whose name, or other form, is `text`. Letter case does not matter, and the
// plural is found, too ("Exits"). Returns NULL if there is no such word.
const struct glossary_word *glossary_find(const char *text);

#endif
