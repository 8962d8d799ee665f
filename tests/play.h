// Playing a script that a test has as text.
#ifndef TESTS_PLAY_H
#define TESTS_PLAY_H

#include "scenarios/script/lesson.h"
#include "scenarios/script/scenario.h"

struct outcome {
    enum scenario_status state;
    enum status exit;
    char error[2000];
    char printed[4000];
    u32 checks, passed;
    double earned;
};

// Writes the text to a file of its own and opens that as a scenario. NULL: o->exit and o->error say
// why.
struct scenario *play_open(const char *text, const struct scenario_options *options,
                           struct outcome *o);
// Plays it to its end, so many steps at a time.
struct outcome play(const char *text, u64 chunk, u64 limit);
struct outcome play_whole(const char *text);
// An options.printed whose context is a struct outcome.
void keep_printed(void *context, const char *text);
void expect_printed(const char *text, const char *printed);
void expect_error(const char *text, const char *words);

#endif
