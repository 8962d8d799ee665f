// A student's answers: the script of a lab reads them, and gives fair points for them. The first
// byte of the input says which test of which lab runs.
// Read next: tests/fuzz/inputs/recording.c.
#include "tests/fuzz/inputs/inputs.h"

#include "scenarios/script/lab.h"
#include "scenarios/script/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *script, *file;
    u32 tests; // the first ones, which read nothing but the file
} kinds[] = {
    {"labs/00-trap-anatomy/lab.lua", "answers.txt", 5},
    {"labs/01-virtualizable/lab.lua", "classes.txt", 2},
};
#define KINDS (sizeof kinds / sizeof *kinds)

static void hand_in(const char *path, const u8 *bytes, size_t size)
{
    FILE *file = fopen(path, "w");
    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file)) {
        perror(path);
        exit(1);
    }
}

static void grade(const char *script, struct lab *lab)
{
    enum status why;
    char error[WORLD_ERROR] = "";
    struct scenario_options options = {.seed = 1, .lab = lab, .engine = ENGINE_FAST};
    struct scenario *sc = scenario_open(script, &options, &why, error, sizeof error);
    while (sc && scenario_advance(sc, 1000000) == SCENARIO_RUNNING)
        ;
    bool whole = sc && scenario_state(sc) == SCENARIO_DONE;
    if (!whole || lab->verdict.earned > lab->test[lab->wanted].points) {
        fprintf(stderr, "%s: %s\n", script, sc ? scenario_error(sc) : error);
        abort(); // no report would be written, or not a fair one
    }
    scenario_close(sc);
}

void try_answers(const u8 *bytes, size_t size)
{
    char folder[] = "/tmp/trapeze-inputs-XXXXXX", path[64];
    u8 first = size ? bytes[0] : 0;
    size_t which = first % KINDS;
    struct lab *lab = calloc(1, sizeof *lab);
    if (!size || !lab || !mkdtemp(folder)) {
        free(lab);
        return;
    }
    snprintf(path, sizeof path, "%s/%s", folder, kinds[which].file);
    hand_in(path, bytes + 1, size - 1);
    lab->task = LAB_TEST;
    lab->wanted = first / KINDS % kinds[which].tests;
    lab->submission = folder;
    grade(kinds[which].script, lab);
    unlink(path);
    rmdir(folder);
    free(lab);
}
