// The fuzzer: libFuzzer makes inputs, and keeps those that reach new code. INPUT_TARGET in the
// environment names the target; the arguments are libFuzzer's own. Source: the LLVM documentation,
// "libFuzzer".
#include "tests/fuzz/inputs/inputs.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size);

// libFuzzer hands over nothing but the bytes, so the target has to stand here.
static const struct input_target *target;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *name = getenv("INPUT_TARGET");
    (void)argc;
    (void)argv;
    target = name ? input_target_find(name) : NULL;
    if (!target) {
        fprintf(stderr, "INPUT_TARGET=NAME says which target; tests/fuzz/inputs/inputs.c has the "
                        "names\n");
        exit(2);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size)
{
    target->try(bytes, size);
    return 0;
}
