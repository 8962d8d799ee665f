// Code that a student wrote becomes part of a VMM. The compiler reads what the student wrote, so it
// runs in a box: another user where we are root, no files but its own (Landlock), little time and
// memory. A host without Landlock has a weaker box, or none, and the report says so. What it makes
// runs inside the simulated machine only.
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
    char folder[256]; // fresh, of this build alone; "": there is none
    int guard;        // the end of a pipe, see build_folder.c
    pid_t guardian;   // 0: there is none
    char image[320];  // the VMM
    bool good;
    char toolchain[BUILD_TOOLCHAIN]; // what the compiler calls itself; "": it made no object
    char log[BUILD_LOG]; // what the compiler, the policy and the linker said; fit for a terminal
};

// Builds what is in the folder `submission`. Returns STATUS_DONE if the student's files were looked
// at, whether they build or not; STATUS_LIMIT and a message if this host cannot build (no compiler,
// no box, and `trust` does not do without one). Call build_clean in either case.
enum status build_run(const struct lab *lab, const char *submission, bool trust, struct build *b,
                      char *error, size_t error_size);
void build_clean(struct build *b);

// ---- build_folder.c

// Makes the folder, and a process that removes it when this process ends, however that comes.
// Returns false if there is no folder.
bool build_folder_make(struct build *b);
void build_folder_remove(struct build *b);

// ---- box.c

enum box_end {
    BOX_DONE,   // the program ended with status 0
    BOX_FAILED, // it ended with another status, or met a limit
    BOX_NONE,   // there is no box on this host, or the program is not there
};
// What this host's box lacks, as a sentence for the report; "": it lacks nothing.
const char *box_weakness(void);
// Runs argv[0] (found in /usr/bin) in the folder, which is all that it may write. What it prints is
// appended to the log.
enum box_end box_run(char *const argv[], const char *folder, bool trust, char *log,
                     size_t log_size);

// ---- object.c

// Does the object define nothing that has no place in a VMM? `symbols` names what the files of the
// lab must define together, a name a line. A name that this object defines is struck off: its first
// letter becomes a '-'. False: the log says what is wrong.
bool object_is_allowed(const char *path, const char *source, char *symbols, char *log,
                       size_t log_size);
// What the compiler that made the object calls itself ("Debian clang version 14.0.6"), by the
// section .comment; "" if the object does not say.
void object_toolchain(const char *path, char *to, size_t size);

#endif
