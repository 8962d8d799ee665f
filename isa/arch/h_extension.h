// RISC-V's hypervisor extension, the profile `h`: a hart that can run a guest's kernel by itself.
// What it adds to a hart is in struct h_state, beside struct hart_state, as pure functions on both.
// A machine without the extension has neither cost nor state of it.
//
//       U   <--sret--   K  (HS: the VMM)  --sret, SPV = 1-->  K (VS) or U (VU) of the guest
//           --trap-->       |     ^       <-- trap that is --     |   ^
//                           |     |           not delegated       +---+  delegated traps, sret
//                           +-----+
//
//     V = 0   x, pc, mode; active bank = the VMM's sstatus stvec sscratch sepc scause stval satp
//             h.other            = the guest's, which the VMM reads and writes as vsstatus, ...
//     V = 1   active bank = the guest's; h.other = the VMM's
//
// The *active bank* is always in struct hart_state, so that everything that uses it (the engines,
// csr.c, sv32.c) works for VMM and guest alike. A change of V swaps the banks. sie, sip, stimecmp
// and the external line are not banked: those in hart_state are always the VMM's. The guest's
// interrupts are hie and hip, and its sie and sip are views of them, moved right by one bit.
//
// A decision that the manual leaves to us:
//   * A trap of a guest that goes to the guest's own handler and changes nothing at all can never
//     end (the handler's own fetch faults). Such a trap would stop time under the virtual clock,
//     and a hostile guest could stop its VMM. So the hart is parked, and only an interrupt for the
//     VMM wakes it; time passes meanwhile, as in `wfi`.
//
// Freestanding. Source: RISC-V Privileged Specification, version 20211203, chapter 8, and the Sstc
// extension.
// Read next: isa/arch/h_trap.c.
#ifndef ISA_ARCH_H_EXTENSION_H
#define ISA_ARCH_H_EXTENSION_H

#include "isa/arch/hart.h"
#include "isa/arch/sv32.h"

// hstatus: the fields that there are. VSBE and VGEIN read 0.
#define HSTATUS_GVA 0x00000040u  // stval is an address of the guest
#define HSTATUS_SPV 0x00000080u  // the V from which the last trap came, and to which sret goes
#define HSTATUS_SPVP 0x00000100u // the guest's mode: that of the last trap from V = 1, and of hlv
#define HSTATUS_HU 0x00000200u   // U may use hlv, hlvx and hsv
#define HSTATUS_VTVM 0x00100000u // the guest's satp and sfence.vma are virtual instructions
#define HSTATUS_VTW 0x00200000u  // its wfi is one
#define HSTATUS_VTSR 0x00400000u // its sret is one

// hie, hip, hvip and hideleg: the interrupts of a guest. Moved right by 1 they are those of sip.
#define IP_VSSIP 0x00000004u
#define IP_VSTIP 0x00000040u
#define IP_VSEIP 0x00000400u
#define IP_VS (IP_VSSIP | IP_VSTIP | IP_VSEIP)

// All exceptions that can be delegated to a guest, the page faults among them, and the bit of
// `time` in hcounteren.
#define HEDELEG_ALL 0xb1ffu
#define HEDELEG_PAGE_FAULTS 0xb000u
#define COUNTEREN_TM 2u

#define HENVCFG_FIOM 0x00000001u
#define HENVCFGH_STCE 0x80000000u

#define HGATP_VMID(hgatp) (((hgatp) >> 22) & 0x7fu)
#define HGATP_PPN(hgatp) ((hgatp)&0x003ffffcu)
#define HGATP_MAKE(vmid, root) (0x80000000u | (vmid) << 22 | (root) >> PAGE_SHIFT)

// htinst of a guest page fault at a page table of the guest, which was read, or written (A and D).
#define HTINST_READ 0x2000u
#define HTINST_WRITE 0x2020u

// The CSRs of which the VMM and the guest each have their own.
struct h_bank {
    u32 sstatus, stvec, sscratch, sepc, scause, stval, satp;
};

struct h_state {
    struct h_bank other; // V = 0: the guest's; V = 1: the VMM's
    u32 hstatus, hedeleg, hideleg, hie, hvip, hcounteren, henvcfg, henvcfgh;
    u32 htval, htinst, hgatp;
    u8 caught; // a trap of the guest changed nothing: see above
    u8 unused[7];
    u64 htimedelta, vstimecmp;
};

// All zero but vstimecmp, which is all ones.
void h_reset(struct h_state *h);

// ---- interrupts and time. `h` may be NULL: then these are hart_interrupt and its like, of a hart
// without the extension.

// hip as an instruction would read it at time `now`.
u32 h_pending(const struct h_state *h, u64 now);
// The interrupt that is taken before the next instruction, as the scause value of the VMM's side
// (CAUSE_GUEST_TIMER, ...), or 0. Those for the VMM come before those that go to the guest; on each
// side external comes first, then software, then timer.
u32 h_interrupt(const struct hart_state *s, const struct h_state *h, u64 now);
// Returns true if a parked hart may go on.
bool h_awake(const struct hart_state *s, const struct h_state *h, u64 now);
// The first time at which a timer interrupt can wake a parked hart; all ones: never.
u64 h_deadline(const struct hart_state *s, const struct h_state *h);
// The first time after `now` at which some timer becomes due, enabled or not; all ones: never.
u64 h_next_timer(const struct hart_state *s, const struct h_state *h, u64 now);

// ---- traps

struct h_trap {
    u32 cause; // an scause value, with the guest's interrupts as the VMM sees them
    u32 tval;
    bool guest_address; // tval is an address of the guest
    u32 htval, htinst;  // of a guest page fault, else 0
};

// The trap with this scause and stval, as the registers of the extension tell it. `of_guest`: what
// trapped is a guest, or an access by a guest's translation. gpa and htinst count for a guest page
// fault only.
struct h_trap h_trap_of(u32 cause, u32 tval, bool of_guest, u64 gpa, u32 htinst);
// Returns true if this is the cause of a guest page fault.
static inline bool h_is_guest_page_fault(u32 cause)
{
    return cause == CAUSE_GUEST_FETCH_PAGE || cause == CAUSE_GUEST_LOAD_PAGE ||
           cause == CAUSE_GUEST_STORE_PAGE;
}
// Returns true if this trap goes to the guest's own handler.
static inline bool h_is_delegated(const struct hart_state *s, const struct h_state *h, u32 cause)
{
    u32 number = cause & ~CAUSE_INTERRUPT;
    if (!s->virt)
        return false;
    return (cause & CAUSE_INTERRUPT ? h->hideleg : h->hedeleg) >> number & 1;
}
// Enters the handler that the trap goes to. Returns false if that changed nothing at all.
bool h_trap_enter(struct hart_state *s, struct h_state *h, const struct h_trap *trap);
// Does what `sret` does; the caller has checked that it is allowed.
void h_trap_return(struct hart_state *s, struct h_state *h);

// ---- instructions

// Is a system instruction (sret, wfi, sfence.vma, hfence, hlv and their like) allowed here? Returns
// 0, CAUSE_ILLEGAL or CAUSE_VIRTUAL. For every other instruction it returns 0.
u32 h_refuses(const struct hart_state *s, const struct h_state *h, enum insn insn);

// A whole CSR instruction, as csr_execute. Returns 0, CAUSE_ILLEGAL or CAUSE_VIRTUAL; if it is not
// 0, nothing has changed.
u32 h_csr_execute(struct hart_state *s, struct h_state *h, u32 word, u64 now, bool *written);

// One register of the extension itself (h*, vs*), as csrr and csrw in HS with V = 0 have it.
// h_csr_read returns false if there is no register of this number. h_csr_write leaves alone what is
// read-only, and what is not there.
bool h_csr_read(const struct h_state *h, u32 number, u64 now, u32 *value);
void h_csr_write(struct h_state *h, u32 number, u32 value);

// ---- translation in two stages
//
//     guest virtual --satp of the guest (Sv32)--> guest physical --hgatp (Sv32x4)--> physical
//                        |  each entry that this walk reads is at a guest physical
//                        +--address, so it goes through the second stage, too
//
//     hgatp:  root of 16 KiB: entry gpa[33:22] --> table: entry gpa[21:12] --> page + offset
//
// With pages of 4 KiB in both stages a translation reads 8 entries: 2 of the guest's, each of which
// takes 2 of the second stage first, and 2 for the result.

// Who accesses, and by what. MXR of the VMM is valid in both stages, that of the guest in the first
// one only.
struct h_access {
    u32 satp;        // the guest's
    u32 hgatp;       // the VMM's
    enum view view;  // the guest's mode, SUM and MXR, without the VMM's MXR
    bool mxr;        // the VMM's MXR
    bool executable; // hlvx: X stands in for R
    enum access access;
};

struct h_walk {
    u32 cause;         // 0: translated; else a page fault, a guest page fault or an access fault
    u64 gpa;           // of a guest page fault: the guest physical address that was not mapped
    u32 htinst;        // of a guest page fault
    u32 address;       // the physical address
    bool large;        // the first stage mapped a superpage
    bool large_second; // so did the second stage, or it is off
    u8 reads;          // how many entries were read, in both stages
    u8 rights;         // the rights that both stages give, as they are
};

// Translates `va` of a guest. `memory` and `adue` are as for sv32_translate; addresses are
// physical.
struct h_walk h_translate(const struct sv32_memory *memory, const struct h_access *who, u32 va,
                          bool adue);

// Translates a guest physical address (34 bits) by the second stage alone. htinst says what for: 0
// for the access itself, else HTINST_READ or HTINST_WRITE of a page table of the guest. In the
// result `rights` are those of the entry itself, without MXR, and `large` says whether it maps
// 4 MiB.
struct h_walk h_translate_second(const struct sv32_memory *memory, const struct h_access *who,
                                 u64 gpa, u32 htinst, bool adue);

// The accesses of a hart that is virtual, and those of hlv, hlvx and hsv by a hart that is not.
static inline struct h_access h_access_of(const struct hart_state *s, const struct h_state *h,
                                          enum access access)
{
    return (struct h_access){
        .satp = s->satp,
        .hgatp = h->hgatp,
        .view = sv32_view(s->mode, s->sstatus),
        .mxr = h->other.sstatus & SSTATUS_MXR,
        .access = access,
    };
}
struct h_access h_access_for_guest(const struct hart_state *s, const struct h_state *h,
                                   enum access access, bool executable);

#endif
