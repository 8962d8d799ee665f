// A lab: what its script lab.lua declares, and the result of the test that ran. The grader gives
// the script an empty `struct lab` and names a task, and the script fills it. All of it is plain
// data, so that it can lie in memory that the grader shares with a child process.
//
//     lab { files = {...}, points = 100 }        declares the lab
//     test("fills", { points = 40, cases = 8 }, function(case) ... end)
//
// In the task LAB_DECLARE no test runs: the grader learns which tests there are. In the task
// LAB_TEST exactly one test runs, `wanted`. In the task LAB_REPLAY one case of it runs. Then the
// machine of its last twin runs once more, from its first instruction to `moment`, so that a
// person can look at it.
#ifndef SCENARIOS_SCRIPT_LAB_H
#define SCENARIOS_SCRIPT_LAB_H

#include "scenarios/host/status.h"
#include "isa/types.h"

#define LAB_TESTS_MAX 64
#define LAB_FILES_MAX 16
#define LAB_NAME 64
#define LAB_TEXT 800
#define LAB_OUTPUT (256u << 10) // bytes that a sheet or a key may have
#define LAB_ERROR 4096
#define LAB_LIMIT 100000000u // steps of a test that names no limit

enum lab_task { LAB_DECLARE, LAB_TEST, LAB_REPLAY, LAB_SHEET, LAB_KEY };

enum lab_visibility { LAB_VISIBLE, LAB_HIDDEN, LAB_AFTER_DUE_DATE, LAB_AFTER_PUBLISHED };
extern const char *const lab_visibilities[]; // as Gradescope names them; closed by NULL

// Where a twin found a difference: facts of the machine with the student's VMM.
#define LAB_TRAPS 5
#define LAB_TRAP 128
#define LAB_SOURCE 100
#define LAB_LINES 4
struct lab_scene {
    bool there;              // false: no twin found a difference in the case that failed
    u64 seq, step;           // of the last event, and of the machine
    char guest[LAB_SOURCE];  // "probe.s:12", the guest's line at pc; "": its image does not say
    u32 pc;                  // of the guest
    char source[LAB_SOURCE]; // "shadow.c:188", a line of the student's code; "": none is known
    u32 before[LAB_LINES];   // the lines that ran before that one, the latest first; 0: none
    bool wrote; // that line wrote the page-table entry that is wrong; else it was the last that ran
    u32 traps; // how many traps that took the hart out of a guest stand in `trap`, the oldest first
    char trap[LAB_TRAPS][LAB_TRAP];
};

// The result of a test.
struct lab_verdict {
    u32 earned;
    u64 steps;       // the steps of all machines that the test ran
    u32 failed_case; // the first case that failed, from 1; 0: no case failed
    char message[LAB_TEXT];
    char expected[LAB_TEXT], happened[LAB_TEXT], where[LAB_TEXT]; // "": the test did not say
    struct lab_scene scene;
};

struct lab_test {
    char name[LAB_NAME];
    char after[LAB_NAME]; // the test that must pass before this one; "": there is none
    char tags[LAB_NAME];
    u32 points, cases;
    u64 limit; // machine steps
    u8 visibility;
    u32 line; // of lab.lua
};

struct lab_file {
    char name[LAB_NAME];
    u32 most; // bytes
};

struct lab {
    // What the grader wants.
    enum lab_task task;
    u32 wanted;             // of LAB_TEST: which test
    u32 only_case;          // the only case to run; 0: all of them
    const char *submission; // the folder; NULL: there is none
    char built[512];        // the VMM that was built from the submission; "": none was built
    // What the script declares.
    bool declared;
    u32 points, tests, files;
    double hours;
    char build[LAB_NAME]; // what the files are a part of, for example "shadow" of the VMM; "": they
                          // are no code
    struct lab_file file[LAB_FILES_MAX];
    struct lab_test test[LAB_TESTS_MAX];
    // The result.
    bool done; // the script came to its end
    bool over_limit;
    enum status status;
    struct lab_verdict verdict; // of `wanted`
    u64 moment; // of LAB_REPLAY: scenario_steps when the scene is reached; 0: there is no twin
    char error[LAB_ERROR];
    u32 printed; // bytes
    char output[LAB_OUTPUT];
};

#endif
