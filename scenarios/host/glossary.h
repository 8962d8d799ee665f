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

// The word whose name, or other form, is `text`, in any letter case and number ("Exits"); NULL if
// there is none.
const struct glossary_word *glossary_find(const char *text);

#endif
