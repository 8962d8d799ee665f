// All that the dashboard knows at one moment, as plain data. Only ui/dashboard/model.c gathers
// it from the scenario, the observers and the log. The views see nothing else. So a test can
// make a model by hand, and a view cannot disturb a run. Two models, `now` and `before`, show
// what has changed.
// Read next: ui/dashboard/pages.h.
#ifndef UI_DASHBOARD_MODEL_H
#define UI_DASHBOARD_MODEL_H

#include "hypervisor/native/observe.h"
#include "scenarios/script/lesson.h"
#include "scenarios/world/console.h"
#include "scenarios/world/world.h"
#include "ui/dashboard/findings.h"
#include "ui/dashboard/pages.h"
#include "ui/dashboard/stops.h"
#include "ui/dashboard/traplog.h"

#define MODEL_VMS (1 + WORLD_GUESTS_MAX)
#define MODEL_CODE 64 // instructions of disassembly around pc
#define MODEL_CHECKS 64
#define MODEL_NAME 64
#define MODEL_PATH 256

enum run_state {
    RUN_PAUSED,
    RUN_RUNNING,
    RUN_BACK,    // on the way to a moment of the past
    RUN_SEARCH,  // the whole run is searched, and the run itself stands still
    RUN_WAITING, // every guest waits for console input
    RUN_STOPPED, // the script says or asks something
    RUN_DONE,    // the scenario came to its end
    RUN_FAILED,  // its script has an error
    RUN_LIMIT,   // --limit was reached
    RUN_STATES
};

struct vcpu_model {
    bool known; // false: there is nothing to show
    struct vm_path path;
    u32 index;
    struct observed_vcpu seen;
    struct {
        struct hart_state state;
        u64 time;
    } above[EVENT_DEPTH]; // set while the VCPU is on a hart: [i] is the VCPU of level i on which it
                          // runs, i from 1 to its own level - 1
    char symbol[MODEL_NAME]; // the function that pc is in, "name+offset"; "" if not known
    u32 code_at;             // virtual address of code[0]
    u32 code[MODEL_CODE];
    u64 code_known;               // bit i is set if code[i] could be read
    char source_file[MODEL_PATH]; // the source line that the instruction comes from; "": not known
    u32 source_line;
    char source_text[2 * MODEL_NAME]; // that line, if its file can be read; else ""
    char target[MODEL_CODE][24]; // the function that a branch or a jump goes to; "" if not known
};

struct check_model {
    char name[2 * MODEL_NAME], message[MODEL_NAME];
    bool passed;
    double points, earned;
};

struct model {
    // ---- the run
    // Every text here is harmless (ui/terminal/text.h), except `source` and `console`.
    char scenario[MODEL_NAME]; // the name of its file
    char error[160];           // why the run failed, else ""
    enum run_state run;
    char speed[16];
    u64 seed, steps, cycles, retired;
    u64 idle; // cycles in which a hart had nothing to do, added up over all harts
    u32 depth, harts;
    u32 profile;    // the instructions that the machine has: a mask of enum isa_profile
    bool t32;       // the VMM on the machine is T32 code
    bool forked;    // a person has changed the run by hand,
    u64 forked_at;  // first after so many steps of the machine
    u32 generation; // of the world. Values of two worlds are not compared

    // the lesson: both belong to the scenario, and are valid until the run goes on
    const struct lesson *lesson;    // NULL: the scenario is no lesson
    const struct lesson_stop *stop; // NULL: the script does not wait

    // the VMs, depth first, the machine first
    u32 vms;
    struct observed_vm vm[MODEL_VMS];
    struct {
        bool busy; // false: no VCPU has the hart, or a native VMM has it
        struct vm_path path;
        u32 vcpu;
    } hart[HARTS_MAX]; // whose instructions each hart runs now: the deepest VCPU on it
    u32 chosen;        // index of the VM the panes 2 and 7 show
    struct vcpu_model vcpu;
    struct page_tables pages; // of this VCPU

    const struct stops *stops;       // breakpoints and bookmarks; NULL: none
    const struct findings *findings; // of the last search; NULL: none
    const char *filter;              // pane 3 shows the traps that it takes; NULL: all

    // the log; it is shared, so it is valid only until the run goes on
    const struct traplog *log;
    u64 trap;    // the number of the selected trap; 0: none
    bool follow; // the newest trap stays selected

    // the console of the chosen VM: bytes as the guest wrote them
    struct console console;

    // the scenario
    const char *source;            // the text of its file
    u32 line;                      // the line that runs now, from 1; 0: the script has not started
    char said[MODEL_NAME * 2];     // the last line it printed
    u32 checks_met, checks_failed; // of all checks; the newest MODEL_CHECKS of them are below
    u32 checks;
    struct check_model check[MODEL_CHECKS];
};

struct scenario;

// The person's choice of what panes 2, 6 and 7 show.
struct model_wish {
    u32 vcpu;         // of the chosen VM
    bool follow_hart; // true: show the VM and the VCPU that are on a hart instead
    u64 of_trap;      // instead, while this trap is selected: the VCPU that trapped; 0: no trap
    bool has_address; // true: pane 6 shows `address`; false: it shows the address of the selected
                      // trap, or pc
    u32 address;
};

// Gathers everything except the dashboard's own fields: run, speed, chosen, trap and follow stay
// as they are. `chosen` is corrected if there are fewer VMs now. Gathering changes nothing in
// the machine.
void model_gather(struct model *m, struct scenario *sc, const struct traplog *log,
                  const struct model_wish *wish);

// Returns true if a hart runs this VM now. A VM whose guest runs on the hart does not count.
bool model_has_hart(const struct model *m, const struct vm_path *path);
// Returns how many cycles a column of the timeline must stand for, so that the timeline shows
// the whole of a short run, and a useful part of a long one.
u32 model_scale(const struct model *m, int columns);
// Returns the row of the selected trap, or NULL.
const struct trap_row *model_trap(const struct model *m);
// These return shares of the machine's cycles, in permille. model_share: the instructions of
// this VM and of its guests. model_share_vmm: the work of the VMM on the machine, which is the
// traps and, if this VMM is T32 code, its own instructions. model_share_idle: time with nothing
// to do. The rest of the 1000 are page-table walks and other waits of the guests' instructions.
u32 model_share(const struct model *m, u32 vm);
u32 model_share_vmm(const struct model *m);
u32 model_share_idle(const struct model *m);

#endif
