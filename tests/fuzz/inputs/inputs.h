// What trapeze reads and nobody vouches for. Each target hands one input to the code that reads
// such an input. The reader may refuse an input. A target aborts if the reader breaks a promise
// that a sanitizer cannot know of. libfuzzer.c makes inputs by coverage (make fuzz-inputs);
// replay.c tries the inputs that are there (make test).
// Read next: tests/fuzz/inputs/image.c.
#ifndef TESTS_FUZZ_INPUTS_INPUTS_H
#define TESTS_FUZZ_INPUTS_INPUTS_H

#include "isa/types.h"

#define INPUT_NAME 64

// Each is named in inputs.c. `bytes` has `size` bytes and no zero byte at its end.
void try_image(const u8 *bytes, size_t size);     // a kernel image: ELF32, or flat
void try_assembly(const u8 *bytes, size_t size);  // assembly text
void try_script(const u8 *bytes, size_t size);    // a scenario in Lua
void try_answers(const u8 *bytes, size_t size);   // a student's answers
void try_recording(const u8 *bytes, size_t size); // a file of run --record
void try_debugger(const u8 *bytes, size_t size);  // what a debugger sends
void try_keys(const u8 *bytes, size_t size);      // what a terminal sends to the dashboard

struct input_target {
    const char *name;
    void (*try)(const u8 *bytes, size_t size);
};
// The targets in order; NULL after the last one.
const struct input_target *input_target_at(u32 index);
// The target of this name; NULL: there is none.
const struct input_target *input_target_find(const char *name);

// The input as a file without a folder, whose name goes to `name`. Many readers take a file alone.
// Returns its file descriptor, which the caller closes.
int input_file(const u8 *bytes, size_t size, char name[INPUT_NAME]);

#endif
