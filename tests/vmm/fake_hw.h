// Hardware that does what a script says: hypervisor/hw.h for unit tests of the VMM's core, with no
// machine behind it. A test writes down the exits that hw_run is to return, lets the VMM take its
// turns, and looks at what it did: to its VCPUs, to its shadow tables, to the hardware.
//
//   fake_trap(f, CAUSE_ILLEGAL, word) ---> script ---> hw_run ---> the core ---> f->flushes,
//                                                                           |    f->notes ...
//   0x80000000  the VMM's pages | +4 MiB: RAM of guest 1 | RAM of guest 2 <-+
//
// In each turn the pages are seen at another host address, and the old one is closed. So a pointer
// that the core kept from an earlier turn ends the test.
#ifndef TESTS_VMM_FAKE_HW_H
#define TESTS_VMM_FAKE_HW_H

#include "hypervisor/turn.h"
#include "hypervisor/vmm.h"
#include "tests/suite.h"

#define FAKE_GUESTS 128
#define FAKE_HARTS 4
#define FAKE_RECORDS 20000
#define FAKE_SCRIPT 4096
#define FAKE_TEXT 256
#define FAKE_ENTRY 0x80400000u // where guests start; paging off
#define FAKE_STVEC 0x80400100u // their trap handler: fake_new sets it
#define FAKE_ROOT 0x80010000u  // root of the guest page tables that fake_map writes

// What to build. Zero stands for the usual value: 1 guest of 1 VCPU with 8 MiB, 1024 pages for the
// VMM, 1 hart, quantum 10,000, weight 100.
struct fake_plan {
    u32 guests, vcpus, ram, pages, quantum, harts;
    u8 policy, scheduler, clock, technique;
    bool pinned, adue, stay_on;
    bool no_guest_mode; // the hardware does not have it
    u32 weight[FAKE_GUESTS];
    u8 hart[FAKE_GUESTS]; // hart + 1 to keep a guest to a hart
    u32 shift;            // bytes by which RAM begins behind a multiple of 4 MiB
    u32 more_ram;         // guest n has n * more_ram bytes more than guest 0
};

struct fake_run { // one call of hw_run
    u32 hart, vm, vcpu, limit, pc, mode;
    mpa root;
    u32 asid;
};

struct fake_flush {
    u32 asid;
    bool all;
    gva va;
    u32 vmid; // of guests in guest mode; 0: of a real ASID
};

struct fake;
struct hw {
    struct fake *f;
    u32 hart;
    mpa root; // in force
    u32 asid;
};

struct fake {
    struct vmm_config *config;
    struct hw hw[FAKE_HARTS];
    mpa vmm;
    u8 *ram;       // for the test: stays
    u8 *window[2]; // for the core: in turn
    u32 ram_size, open;
    u64 now; // hw_now; a run takes as many ticks as it has steps
    // The script. When it is used up, `play` says how a run ends. Without `play` a run ends at
    // once, and nothing has happened.
    struct hw_exit script[FAKE_SCRIPT];
    u32 script_at, script_count;
    void (*play)(struct fake *f, const struct fake_run *run, struct hw_exit *exit);
    struct hw_trampoline trampoline;
    u32 trampoline_moves;
    gva trampoline_busy[2]; // of the last move
    char input[FAKE_GUESTS + 1][FAKE_TEXT];
    u32 input_at[FAKE_GUESTS + 1];
    bool guest_mode; // the hardware has it
    struct hw_guest_fault guest_fault;
    bool typed;  // bytes came, and no interrupt has told the VMM of them yet
    bool called; // an interrupt has told it, and it has not asked since
    // What the core did.
    struct fake_run runs[FAKE_RECORDS];
    struct fake_flush flushes[FAKE_RECORDS];
    struct note notes[FAKE_RECORDS];
    struct hw_inner inner; // what hw_nest_inner was last given
    u32 run_count, flush_count, note_count, root_count, nest_count, unreserves, idles;
    u32 kicks[FAKE_HARTS];
    u64 idle_until; // of the last hw_idle
    char console[FAKE_GUESTS + 1][FAKE_TEXT];
    u32 console_count[FAKE_GUESTS + 1];
    u32 offs, off_why, off_code;
};

// A VMM that has started. FAKE_ROOT of each guest is empty. Every failure to build fails the test.
struct fake *fake_new(const struct fake_plan *plan);
void fake_free(struct fake *f);

// ---- the script

void fake_exit(struct fake *f, struct hw_exit exit);
// The exit of a guest that meets a word, which is illegal in U, after `ran` instructions.
struct hw_exit fake_illegal_exit(u32 word, u32 ran);
// The tval of an illegal or a virtual instruction is its word.
void fake_trap(struct fake *f, u32 cause, u32 tval);
void fake_type(struct fake *f, u32 vm, const char *text);

// One turn of the VMM on hart 0, or on another. Returns the kind of the last thing that it told of
// an exit (EVENT_EMULATE, EVENT_FILL, EVENT_REFLECT or EVENT_PREEMPT), or EVENT_KINDS if there was
// none.
enum event_kind fake_turn(struct fake *f);
enum event_kind fake_turn_on(struct fake *f, u32 hart);
// One exit of guest 1: adds it to the script and takes the turn.
enum event_kind fake_take(struct fake *f, u32 cause, u32 tval);
// An instruction that traps as illegal, in guest 1.
enum event_kind fake_illegal(struct fake *f, u32 word);
// A guest, whose turn it must be, asks the firmware to switch it off; reason 1 is a failure.
enum event_kind fake_power_off(struct fake *f, u32 vm, u32 reason);

// ---- looking

// A turn of hart 0 of which nothing is chosen yet, for functions of the core that a test calls.
struct turn fake_new_turn(struct fake *f);

struct vm *fake_vm(struct fake *f, u32 id);           // 1, 2, ...
mpa fake_vm_at(struct fake *f, u32 id);               // where it is
struct shadows *fake_shadows(struct fake *f, u32 vm); // NULL: it has none now
struct vcpu *fake_vcpu(struct fake *f, u32 vm, u32 vcpu);
struct hart_state *fake_hart(struct fake *f); // the first VCPU of guest 1
struct vmm *fake_vmm(struct fake *f);
u32 fake_notes(struct fake *f, enum event_kind kind);
// The entry that the shadow in force on hart 0 has for an address, and at which level; 0: none.
u32 fake_spte(struct fake *f, gva va, u32 *level);
mpa fake_spte_page(struct fake *f, gva va); // where it leads; 0: nowhere
u32 fake_free_pages(struct fake *f);        // how many the VMM has left

// ---- guest memory

u32 *fake_word(struct fake *f, u32 vm, gpa address);
// Guest 1's table at FAKE_ROOT: maps a 4 KiB page, or a superpage; flags 0 unmaps.
void fake_map(struct fake *f, gva va, gpa page, u32 flags);
void fake_map_super(struct fake *f, gva va, gpa page, u32 flags);
#define FAKE_SATP (SATP_MODE | FAKE_ROOT >> PAGE_SHIFT)
#define FAKE_ALL (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)
// Turns guest 1's paging on: virtual K, satp FAKE_SATP, its code mapped by a superpage to itself.
void fake_paging(struct fake *f);

// An instruction word.
u32 fake_insn(enum insn insn, u32 rd, u32 rs1, u32 rs2, i32 imm);

#endif
