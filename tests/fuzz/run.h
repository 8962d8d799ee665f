// Runs one program in one configuration and keeps what it ended in. Equivalence means: whatever the
// configuration, the same end, the same hart, the same RAM, the same console.
#ifndef FUZZ_RUN_H
#define FUZZ_RUN_H

#include "hypervisor/native/native.h"
#include "hypervisor/native/observe.h"
#include "isa/asm/asm.h"
#include "sim/machine.h"
#include "scenarios/random/program.h"

#define RUN_ERROR 256

// A fault put in on purpose, to see that the checks can fail.
enum fault {
    FAULT_NONE,
    FAULT_CSR,    // at each breakpoint the guest takes, a bit of sscratch flips (bare)
    FAULT_SHADOW, // now and then a shadow entry that the guest made read-only becomes writable
                  // (depth 1)
    FAULT_FLUSH,  // now and then a shadow entry goes, and nobody tells the TLB (depth 1)
    // Now and then one of these is wrong in the records of the VMM (depth 1): see spoil.c.
    FAULT_SSCRATCH,
    FAULT_SEPC,
    FAULT_STVAL,
    FAULT_SCAUSE,
    FAULT_SPP,
    FAULT_SPIE,
    FAULT_SUM,
    FAULT_SIE,
    FAULT_SCOUNTEREN,
    FAULT_TIMER,
    FAULT_COUNT,
    FAULT_REGISTER,
    FAULT_PC,
    FAULT_RAM,
    FAULT_CONSOLE,
    FAULT_RIGHT,
    FAULT_FRAME,
    FAULT_UNFLUSHED,
};

struct configuration {
    const char *name; // as --only wants it
    const char *what;
    u32 depth;
    bool t32;               // even the outermost VMM is T32 code, a kernel on the machine
    bool enlightened;       // each VMM carries out whole switches for the one in it
    u8 policy;              // enum policy
    u8 technique;           // enum technique_kind of the outermost VMM
    u8 inner_technique;     // of the VMM inside the outermost one
    u8 innermost_technique; // of the one inside that
    enum engine_choice engine;
    bool eager;        // of the jit
    u32 chunk;         // steps a call of machine_run; 0: as many as it likes
    bool twin;         // a bare machine runs beside it in lock step
    bool check_shadow; // look at every shadow entry after every exit
    enum fault fault;
    const char *like; // told the very same events as this configuration; NULL: as no other
    bool usual;       // part of a normal run
};
#define CONFIGURATIONS_MAX 128
extern const struct configuration
    configurations[]; // the first is the reference; closed by a null name
const struct configuration *configuration_find(const char *name);

// How a run ended. A run that used up its steps ended nowhere in particular, and compares with
// nothing.
enum ending { ENDING_OFF, ENDING_FAILED, ENDING_STUCK, ENDING_STEPS };

struct run {
    const struct configuration *configuration;
    struct machine *machine;
    struct native *native; // NULL: bare
    struct vm_path path;   // the program's VM
    struct vm_path
        console_path; // where its console comes out: T32 VMMs print what their guest prints
    enum ending ending;
    u32 code; // of a power-off
    u32 harts, ram;
    mpa program_at; // where the program's RAM lies in the machine
    u32 unit;       // its console's
    bool kernel;    // no random program, but a kernel's whole life
    struct hart_state hart[HARTS_MAX];
    u64 ram_hash;
    char *console;
    size_t console_size;
    char broken[RUN_ERROR]; // what a check found during the run; "": nothing
    u64 exits, checks;      // of the program's VM, and shadow entries looked at
    u64 event_hash;         // of every event, if the events are compared with another run's
};

// Runs the image. False, with r->broken, if the machine could not even be built. Close with
// run_free in either case.
bool run_program(struct run *r, const struct configuration *configuration,
                 const struct asm_image *image, struct run_options options);
void run_free(struct run *r);

// The first difference between two runs, as text; false if there is none.
bool run_differs(const struct run *a, const struct run *b, char *text, size_t size);

#endif
