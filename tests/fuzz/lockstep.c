// Steps two machines side by side. Read tests/fuzz/tower.c for how they are built.
// Read next: tests/fuzz/inputs/inputs.h.
#include "tests/fuzz/lockstep.h"
#include "tests/fuzz/tower.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define STEPS 1000000u

static void print_parting(struct run *a, struct run *b, const struct hart_state *before, u64 step)
{
    const struct run *runs[] = {a, b};
    u32 word = 0;
    char text[64] = "?";
    if (observe_read_virtual(a->machine, &(struct vm_path){{0}}, 0, before->pc, &word, 4))
        isa_disasm(word, before->pc, false, text, sizeof text);
    printf("# step %" PRIu64 " is the first that differs: at 0x%08x in %s: %s\n", step, before->pc,
           before->mode == MODE_K ? "K" : "U", text);
    for (u32 i = 0; i < 2; i++) {
        const struct hart_state *h = machine_hart(runs[i]->machine, 0);
        printf("#   %s: then pc 0x%08x, %s, scause 0x%x, stval 0x%x, retired %" PRIu64 "\n",
               runs[i]->configuration->name, h->pc, h->mode == MODE_K ? "K" : "U", h->scause,
               h->stval, h->retired);
    }
    for (u32 x = 1; x < 32; x++)
        if (machine_hart(a->machine, 0)->x[x] != machine_hart(b->machine, 0)->x[x])
            printf("#   %s: 0x%08x, 0x%08x\n", isa_reg_names[x], machine_hart(a->machine, 0)->x[x],
                   machine_hart(b->machine, 0)->x[x]);
}

static void step_both(struct run *a, struct run *b)
{
    for (u64 step = 0; step < STEPS; step++) {
        struct hart_state before = *machine_hart(a->machine, 0);
        enum stop stop = machine_run(a->machine, 1);
        enum stop other = machine_run(b->machine, 1);
        if (stop != other ||
            memcmp(machine_hart(a->machine, 0), machine_hart(b->machine, 0), sizeof before)) {
            print_parting(a, b, &before, step);
            return;
        }
        if (stop != STOP_STEPS)
            break;
    }
    printf("# a step at a time the harts never differ\n");
}

void lockstep_print(const struct configuration *a, const struct configuration *b,
                    const struct program *p)
{
    char *source = program_text(p);
    struct asm_image image;
    struct asm_errors errors;
    struct run left = {.configuration = a}, right = {.configuration = b};
    if (asm_assemble(source, strlen(source), "fuzz.s", ASM_BASE, false, &image, &errors)) {
        if (tower_build(&left, &image, p->options) && tower_build(&right, &image, p->options))
            step_both(&left, &right);
        run_free(&left);
        run_free(&right);
        asm_image_free(&image);
    } else {
        asm_errors_free(&errors);
    }
    free(source);
}
