// A recording: it is read and written again, and then the run that it tells of is run again.
// Read next: tests/fuzz/inputs/debugger.c.
#include "tests/fuzz/inputs/inputs.h"

#include "ui/command/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SCENARIO "tests/fuzz/inputs/echo.lua"
#define STEPS 20000u

// Whatever scenario the recording names, this one runs: an input may name any file.
static void run_again(struct recording *r)
{
    const struct recording_head *head = recording_head(r);
    struct scenario_options options = {.seed = head->seed,
                                       .limit = STEPS,
                                       .engine = ENGINE_FAST,
                                       .interactive = head->interactive,
                                       .follow = head->interactive,
                                       .recording = r};
    char error[WORLD_ERROR];
    enum status why;
    struct scenario *sc = scenario_open(SCENARIO, &options, &why, error, sizeof error);
    if (!sc) {
        fprintf(stderr, "%s\n", error);
        exit(1);
    }
    replay_run(r, sc);
    recording_difference(r, true);
    scenario_close(sc);
}

void try_recording(const u8 *bytes, size_t size)
{
    char name[INPUT_NAME], error[RECORDING_ERROR] = "";
    int fd = input_file(bytes, size, name);
    struct recording *r = recording_load(name, error);
    if (!r && !*error)
        abort(); // it was refused without a word
    if (r) {
        if (!recording_save(r, "/dev/null", error))
            abort();
        run_again(r);
        recording_free(r);
    }
    close(fd);
}
