// Makes a VMM from the code of a student. The compiler reads what the student wrote, so the
// compiler runs in a box: as another user if we are root, with no files but its own (Landlock),
// with little time and memory. On a host without Landlock the box is weaker, or there is none,
// and the report says so. The VMM that comes out runs only inside the simulated machine.
//
//     files of the lab --> a fresh folder --> clang --> object policy --> ld.lld --> vmm.elf
#ifndef SCENARIOS_GRADE_BUILD_H
#define SCENARIOS_GRADE_BUILD_H

#include "scenarios/host/status.h"
#include "scenarios/script/lab.h"

#include <sys/types.h>

#define BUILD_LOG 16384
#define BUILD_TOOLCHAIN 80

struct build {
    char folder[256]; // a new folder for this build alone; "": there is none
    int guard;        // one end of a pipe, see build_folder.c
    pid_t guardian;   // 0: there is none
    char image[320];  // the VMM
    bool good;
    char toolchain[BUILD_TOOLCHAIN]; // the name that the compiler gives itself; "": it made no
                                     // object
    char log[BUILD_LOG]; // messages of the compiler, the policy and the linker; fit for a terminal
};

// Builds the student's files in the folder `submission`. Returns STATUS_DONE if the compiler has
// read these files, whether they build or not. Returns STATUS_LIMIT, with a message in `error`,
// if this host cannot build: there is no compiler, or there is no box and `trust` is false. Call
// build_clean in either case.
enum status build_run(const struct lab *lab, const char *submission, bool trust, struct build *b,
                      char *error, size_t error_size);
void build_clean(struct build *b);

// ---- build_folder.c

// Makes the folder, and a process that removes the folder when this process ends, however it
// ends. Returns false if no folder can be made.
bool build_folder_make(struct build *b);
void build_folder_remove(struct build *b);

// ---- box.c

enum box_end {
    BOX_DONE,   // the program ended with status 0
    BOX_FAILED, // it ended with another status, or met a limit
    BOX_NONE,   // there is no box on this host, or the program is not there
};
// Returns what this host's box lacks, as a sentence for the report; "" if it lacks nothing.
const char *box_weakness(void);
// Runs argv[0] (found in /usr/bin) in the folder. The program can write to this folder alone.
// What it prints is appended to the log.
enum box_end box_run(char *const argv[], const char *folder, bool trust, char *log,
                     size_t log_size);

// ---- object.c

// Returns true if the object defines nothing that has no place in a VMM. `symbols` names what
// the files of the lab must define together, one name a line. A name that this object defines is
// marked: its first letter becomes a '-'. If the result is false, the log says what is wrong.
bool object_is_allowed(const char *path, const char *source, char *symbols, char *log,
                       size_t log_size);
// Writes the name of the compiler that made the object ("Debian clang version 14.0.6"), as the
// section .comment gives it; "" if the object does not tell.
void object_toolchain(const char *path, char *to, size_t size);

#endif
