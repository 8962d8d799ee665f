// Playing a script that a test has as text. Read tests/play.h first.
#include "tests/play.h"

#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void keep_printed(void *context, const char *text)
{
    struct outcome *o = context;
    size_t n = strlen(o->printed);
    snprintf(o->printed + n, sizeof o->printed - n, "%s\n", text);
}

static void write_script(char *path, const char *text)
{
    strcpy(path, "/tmp/trapeze-test-XXXXXX");
    int fd = mkstemp(path);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

struct scenario *play_open(const char *text, const struct scenario_options *options,
                           struct outcome *o)
{
    char path[64];
    write_script(path, text);
    struct scenario *sc = scenario_open(path, options, &o->exit, o->error, sizeof o->error);
    unlink(path);
    return sc;
}

struct outcome play(const char *text, u64 chunk, u64 limit)
{
    struct outcome o = {.state = SCENARIO_FAILED};
    struct scenario_options options = {
        .seed = 1, .limit = limit, .context = &o, .printed = keep_printed};
    struct scenario *sc = play_open(text, &options, &o);
    if (!sc)
        return o;
    while (scenario_advance(sc, chunk) == SCENARIO_RUNNING)
        ;
    o.state = scenario_state(sc);
    o.exit = scenario_exit_status(sc);
    snprintf(o.error, sizeof o.error, "%s", scenario_error(sc));
    const struct scenario_check *checks;
    o.checks = scenario_checks(sc, &checks);
    for (u32 i = 0; i < o.checks; i++) {
        o.passed += checks[i].passed;
        o.earned += checks[i].earned;
    }
    scenario_close(sc);
    return o;
}

struct outcome play_whole(const char *text)
{
    return play(text, 1000000, 0);
}

void expect_printed(const char *text, const char *printed)
{
    struct outcome o = play_whole(text);
    CU_ASSERT_EQUAL(o.state, SCENARIO_DONE);
    CU_ASSERT_STRING_EQUAL(o.error, "");
    CU_ASSERT_STRING_EQUAL(o.printed, printed);
    if (strcmp(o.printed, printed))
        printf("#   wanted: %s#   got: %s", printed, o.printed);
}

void expect_error(const char *text, const char *words)
{
    struct outcome o = play_whole(text);
    CU_ASSERT_EQUAL(o.state, SCENARIO_FAILED);
    CU_ASSERT_EQUAL(o.exit, STATUS_INPUT);
    if (!strstr(o.error, words)) {
        printf("#   wanted: %s\n#   got: %s\n", words, o.error);
        CU_FAIL("the error says something else");
    }
}
