// A machine with an assembled program in it. Contracts: tests/program.h.
#include "tests/program.h"

#include "isa/asm/asm.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LABELS 64
static struct {
    char name[32];
    u32 value;
} labels[LABELS];

static void keep_labels(const struct asm_image *image)
{
    memset(labels, 0, sizeof labels);
    for (u32 i = 0; i < image->symbol_count && i < LABELS; i++) {
        snprintf(labels[i].name, sizeof labels[i].name, "%s", image->symbols[i].name);
        labels[i].value = image->symbols[i].value;
    }
}

u32 program_label(const char *name)
{
    for (u32 i = 0; i < LABELS; i++)
        if (!strcmp(labels[i].name, name))
            return labels[i].value;
    CU_FAIL("no such label");
    return 0;
}

static void die(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(70);
}

struct machine *program_machine(const char *text, const struct machine_config *config)
{
    struct asm_image image;
    struct asm_errors errors;
    char error[160];
    struct machine_config usual = machine_config_default();
    struct machine *m = machine_new(config ? config : &usual, error, sizeof error);
    if (!m)
        die("machine_new", error);
    if (!asm_assemble(text, strlen(text), "test", BOARD_KERNEL, ISA_HOLES | ISA_H, &image, &errors))
        die("assembling a test's program", errors.text);
    if (!machine_write(m, image.base, image.bytes, image.size))
        die("a test's program", "is larger than RAM");
    machine_boot(m, image.entry, 0);
    keep_labels(&image);
    asm_image_free(&image);
    return m;
}

struct machine *program_harts(const char *text, u32 harts, enum clock clock)
{
    struct machine_config config = machine_config_default();
    config.harts = harts;
    config.clock = clock;
    return program_machine(text, &config);
}

struct machine *program_run(const char *text, u64 steps)
{
    struct machine *m = program_machine(text, NULL);
    machine_run(m, steps);
    return m;
}
