// A scenario in Lua: it runs in its sandbox, for a limited number of machine steps.
// Read next: tests/fuzz/inputs/answers.c.
#include "tests/fuzz/inputs/inputs.h"

#include "scenarios/script/scenario.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEPS 20000u

// A script that hangs in a library function is ended with the process, as it should be. For the
// fuzzer that is no fault, so it goes on with another process.
static void end_quietly(void *context, const char *message)
{
    (void)context;
    (void)message;
    _exit(0);
}

void try_script(const u8 *bytes, size_t size)
{
    char *text = malloc(size + 1), error[WORLD_ERROR] = "";
    enum status why = STATUS_DONE;
    memcpy(text, bytes, size);
    text[size] = 0;
    struct scenario_options options = {.script = text, .limit = STEPS, .hung = end_quietly};
    struct scenario *sc = scenario_open("input.lua", &options, &why, error, sizeof error);
    while (sc && scenario_advance(sc, STEPS) == SCENARIO_RUNNING)
        ;
    if (sc ? scenario_exit_status(sc) == STATUS_INTERNAL : why == STATUS_INTERNAL)
        abort(); // whatever a script says, it is not our own error
    scenario_close(sc);
    free(text);
}
