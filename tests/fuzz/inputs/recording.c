// A recording: it is read, and written again.
// Read next: tests/fuzz/inputs/debugger.c.
#include "tests/fuzz/inputs/inputs.h"

#include "scenarios/world/recording.h"

#include <stdlib.h>
#include <unistd.h>

void try_recording(const u8 *bytes, size_t size)
{
    char name[INPUT_NAME], error[RECORDING_ERROR] = "";
    int fd = input_file(bytes, size, name);
    struct recording *r = recording_load(name, error);
    if (!r && !*error)
        abort(); // it was refused without a word
    if (r) {
        recording_difference(r, true);
        if (!recording_save(r, "/dev/null", error))
            abort();
        recording_free(r);
    }
    close(fd);
}
