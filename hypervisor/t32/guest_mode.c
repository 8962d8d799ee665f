// Guest mode on the hart of the T32 backend. Contracts: hypervisor/t32/guest_mode.h; what guest
// mode is: isa/arch/h_extension.h.
//
// While a guest runs, the hart has two sets of CSRs: the guest's, which the VMM knows by the names
// vs*, and the VMM's own. So to run a guest means to write the vs* registers, and after it to read
// them. A VMM that is itself a guest pays an exit for each of these accesses. Therefore the VMM
// remembers what the registers hold, and writes only those that have to change.
// Read next: hypervisor/t32/hw_t32.c.
#include "hypervisor/t32/guest_mode.h"
#include "hypervisor/apart.h"
#include "hypervisor/t32/csr.h"
#include "hypervisor/t32/nacl_guest.h"
#include "hypervisor/t32/timer.h"
#include "isa/arch/h_extension.h"
#include "isa/board/sbi.h"

_Static_assert(SYNC_SRET == SBI_NACL_SYNC_SRET && SBI_EXTENSION_NACL == SBI_NACL,
               "guest_switch.S makes the call");

extern u8 enter_by_time[], leave_by_time[], enter_by_instret[], leave_by_instret[];
extern u8 call_by_time[], call_by_instret[];

// ---- the guest's registers

// The guest's registers, by their names in struct held_registers and on the hart.
#define GUESTS_REGISTERS(ROW)                                                               \
    ROW(sstatus, vsstatus)                                                                  \
    ROW(stvec, vstvec)                                                                      \
    ROW(sscratch, vsscratch)                                                                \
    ROW(sepc, vsepc) ROW(scause, vscause) ROW(stval, vstval) ROW(satp, vsatp) ROW(hie, hie) \
        ROW(hvip, hvip) ROW(stimecmp, vstimecmp) ROW(stimecmph, vstimecmph)

// Writes a register of the extension: in memory, if that is shared with the VMM below. A macro,
// since the register's name is part of the instruction.
#define H_PUT(hw, name, value)                         \
    do {                                               \
        if ((hw)->nacl)                                \
            nacl_put((hw)->nacl, CSR_##name, (value)); \
        else                                           \
            CSR_PUT(name, (value));                    \
    } while (0)

// The same if the register does not hold this value.
#define H_RENEW(hw, name, held, value)         \
    do {                                       \
        if ((held) != (value))                 \
            H_PUT(hw, name, (held) = (value)); \
    } while (0)

#define CSR_RENEW(name, held, value)         \
    do {                                     \
        if ((held) != (value))               \
            CSR_PUT(name, (held) = (value)); \
    } while (0)

// The registers of the extension in which a guest finds its interrupts and its timer: those of the
// guest; or, while it runs a guest of its own, those that it has set for that one.
static struct guest_timer timer_of(const struct hw *hw, const struct hart_state *guest)
{
    u32 pending = guest->sip | (guest->external ? IP_SEIP : 0);
    if (guest->virt)
        return (struct guest_timer){hw->inner->hie, hw->inner->hvip, hw->inner->vstimecmp,
                                    hw->inner->other.sstatus & SSTATUS_MXR};
    // The guest's interrupts stand one bit further left.
    return (struct guest_timer){guest->sie << 1, pending << 1, guest->stimecmp, 0};
}

static void load_registers(struct hw *hw, const struct hart_state *guest)
{
    struct held_registers *held = &hw->held;
    struct guest_timer timer = timer_of(hw, guest);
    H_RENEW(hw, vsstatus, held->sstatus, guest->sstatus);
    H_RENEW(hw, vstvec, held->stvec, guest->stvec);
    H_RENEW(hw, vsscratch, held->sscratch, guest->sscratch);
    H_RENEW(hw, vsepc, held->sepc, guest->sepc);
    H_RENEW(hw, vscause, held->scause, guest->scause);
    H_RENEW(hw, vstval, held->stval, guest->stval);
    H_RENEW(hw, vsatp, held->satp, hw->shadowed ? hw->guest_satp : guest->satp);
    H_RENEW(hw, hie, held->hie, timer.hie);
    H_RENEW(hw, hvip, held->hvip, timer.hvip);
    H_RENEW(hw, vstimecmp, held->stimecmp, (u32)timer.due);
    H_RENEW(hw, vstimecmph, held->stimecmph, (u32)(timer.due >> 32));
    // This register has no second copy: it means the guest's while the guest runs.
    CSR_RENEW(scounteren, held->scounteren, guest->scounteren);
    // sret leads to this mode. MXR counts for both stages.
    u32 mode = guest->mode == MODE_K ? SSTATUS_SPP : 0;
    CSR_RENEW(sstatus, held->own_status, mode | timer.mxr);
}

// T32 has no other fields in sstatus. Some board may show more.
#define SSTATUS_FIELDS (SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP | SSTATUS_SUM | SSTATUS_MXR)

static inline void read_registers(struct hw *hw)
{
    struct held_registers *held = &hw->held;
#define ROW_SHARED(field, name) held->field = nacl_get(hw->nacl, CSR_##name);
#define ROW_READ(field, name) held->field = CSR_GET(name);
    if (hw->nacl) {
        GUESTS_REGISTERS(ROW_SHARED)
    } else {
        GUESTS_REGISTERS(ROW_READ)
    }
#undef ROW_SHARED
#undef ROW_READ
    held->sstatus &= SSTATUS_FIELDS;
    held->own_status = CSR_GET(sstatus) & SSTATUS_FIELDS;
    held->scounteren = CSR_GET(scounteren);
}

static void save_registers(struct hw *hw, struct hart_state *guest)
{
    const struct held_registers *held = &hw->held;
    read_registers(hw);
    guest->mode = held->own_status & SSTATUS_SPP ? MODE_K : MODE_U;
    guest->scounteren = held->scounteren;
    guest->sstatus = held->sstatus;
    guest->stvec = held->stvec;
    guest->sscratch = held->sscratch;
    guest->sepc = held->sepc;
    guest->scause = held->scause;
    guest->stval = held->stval;
    if (!hw->shadowed)
        guest->satp = held->satp;
    u64 due = (u64)held->stimecmph << 32 | held->stimecmp;
    if (guest->virt) {
        hw->inner->hie = held->hie;
        hw->inner->hvip = held->hvip;
        hw->inner->vstimecmp = due;
        return;
    }
    guest->sie = held->hie >> 1;
    guest->sip = held->hvip >> 1 & IP_SSIP;
    guest->stimecmp = due;
}

// ---- in and out

static struct guest_way choose_way(const struct hw *hw)
{
    static const struct guest_way ways[2][2] = {
        {{enter_by_time, BY_TIME_IN}, {enter_by_instret, BY_INSTRET_IN}},
        {{call_by_time, CALL_BY_TIME_IN}, {call_by_instret, CALL_BY_INSTRET_IN}},
    };
    return ways[hw->nacl != NULL][hw->wall];
}

static struct left enter(const struct hw *hw, struct hart_state *guest, u32 stop, u64 delta)
{
    register u32 a0 __asm__("a0") = (u32)guest;
    register u32 a1 __asm__("a1") = stop;
    register u32 a2 __asm__("a2") = (u32)hw->way.path;
    register u32 a3 __asm__("a3") = (u32)delta;
    register u32 a4 __asm__("a4") = (u32)(delta >> 32);
    register u32 a5 __asm__("a5") = (u32)hw->nacl + 4 * (NACL_SPACE + NACL_INDEX(CSR_htimedelta));
    __asm__ volatile("jalr ra, %2"
                     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(a5)
                     :
                     : "memory", "ra", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a6", "a7", "s0",
                       "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11");
    return (struct left){a0, a1, a2, a3};
}

// By the virtual clock the guest's time is that of its own instructions. The hart's time is ahead
// of it, or behind it, by the same number until the guest leaves: htimedelta. `enter` takes the low
// word of the hart's time from it, when it has read that.
static u64 delta_of(const struct hw *hw, const struct hart_state *guest)
{
    u64 inner = guest->virt ? hw->inner->htimedelta : 0;
    return hart_time(guest) + inner - hw->way.length - ((u64)hw->high << 32);
}

// What SYNC_SRET loads. The path into the guest writes htimedelta itself.
static void fill_shared(struct hw *hw, const struct hart_state *guest)
{
    for (u32 i = 1; i < 32; i++)
        hw->nacl[i] = guest->x[i];
    if (hw->wall)
        return;
    nacl_put(hw->nacl, CSR_htimedelta, 0);
    nacl_put(hw->nacl, CSR_htimedeltah, 0);
}

static struct left enter_guest(struct hw *hw, struct hart_state *guest, u32 limit)
{
    u32 length = hw->way.length;
    if (hw->nacl)
        fill_shared(hw, guest);
    timer_plan(hw, limit);
    if (!hw->wall)
        return enter(hw, guest, length + limit, delta_of(hw, guest));
    return enter(hw, guest, timer_after_instret(hw, length, limit), 0);
}

// ---- a guest whose own handler cannot begin

// The guest's last trap was at the first instruction of its handler, and it changed nothing that
// the next one will change: the handler begins with a trap, for ever.
static bool is_in_storm(const struct hart_state *s)
{
    u32 handler = s->stvec & ~3u;
    u32 status = s->sstatus & (SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP);
    return s->mode == MODE_K && s->pc == handler && s->sepc == handler && status == SSTATUS_SPP;
}

// The hart waits when a guest is caught so, and its time jumps to the VMM's timer. By the virtual
// clock nothing else makes time run ahead of instret while the guest is on the hart.
static void find_caught_by_time(struct hw *hw, const struct hart_state *guest, struct hw_exit *exit)
{
    u32 before = hw->idle;
    if (!is_in_storm(guest))
        return;
    timer_read(hw);
    exit->ran -= hw->idle - before;
    exit->caught = hw->idle != before;
}

// By the wall clock it is known when a whole run has passed in which the guest did nothing.
static void find_caught_by_wall(struct hw *hw, const struct hart_state *guest, bool was_in_storm,
                                struct hw_exit *exit)
{
    if (exit->ran)
        return;
    exit->caught = was_in_storm && is_in_storm(guest);
    if (!exit->caught)
        timer_was_short(hw, hw->way.length);
}

// ---- a guest that has the note of a trap of its own guest (hypervisor/virtual_h.h)

// Interrupts are the only traps that such a guest takes by itself, and hardware does not tell of
// them. An interrupt leaves its cause. But if the trap before was an interrupt too, a changed sepc
// may just be the way into another guest of the guest. So the VMM makes sure that it knows when an
// interrupt can come.
static u64 time_of(struct hw *hw, const struct hart_state *guest, u32 ran)
{
    return hw->wall ? hw_now(hw) : hart_time(guest) + ran;
}

static bool is_open(const struct hart_state *s)
{
    return s->mode == MODE_U || (s->sstatus & SSTATUS_SIE);
}

// Returns how long the guest may run now: not beyond its timer, and only one instruction if an
// interrupt is pending that the guest could open by it. A guest VMM that had its own interrupts
// closed while its guest ran (SPIE = 0) does not open them now either, and is not slowed down.
APART static u32 watch(struct hw *hw, const struct hart_state *s, u32 limit)
{
    struct watched *w = &hw->watched;
    u64 now = time_of(hw, s, 0), due = hart_deadline(s);
    *w = (struct watched){.scause = s->scause, .sepc = s->sepc};
    if (!(s->scause & CAUSE_INTERRUPT))
        return limit;
    if (!hart_awake(s, now))
        return due - now < limit ? (u32)(due - now) : limit;
    w->pending = true;
    w->due = is_open(s);
    w->shut = !w->due && (s->sstatus & SSTATUS_SPIE);
    return w->shut ? 1 : limit;
}

static bool took_interrupt(struct hw *hw, const struct hart_state *s, const struct hw_exit *exit)
{
    const struct watched *w = &hw->watched;
    bool other = s->scause != w->scause, changed = other || s->sepc != w->sepc;
    if (w->due) // it came before the first instruction
        return changed || exit->ran || exit->trapped;
    if ((w->shut && exit->ran < 2) || !changed || !(s->scause & CAUSE_INTERRUPT))
        return false;
    // What is left is a guest that has set its timer, or has opened its interrupts after all.
    bool pending = w->pending || hart_awake(s, time_of(hw, s, exit->ran));
    return other || ((s->sstatus & SSTATUS_SPIE) && pending);
}

// ---- for hw_t32.c

void guest_mode_run(struct hw *hw, struct hart_state *guest, u32 limit, struct hw_exit *exit)
{
    bool storm = is_in_storm(guest);
    if (hw->inner && !guest->virt)
        limit = watch(hw, guest, limit);
    load_registers(hw, guest);
    struct left left = enter_guest(hw, guest, limit);
    save_registers(hw, guest);
    *exit = exit_of(&left, hw->way.length + GUEST_MODE_OUT);
    if (hw->inner && !guest->virt)
        exit->took = took_interrupt(hw, guest, exit);
    if (!hw->wall)
        timer_note(hw, left.at);
    if (exit->trapped)
        return;
    if (hw->wall)
        find_caught_by_wall(hw, guest, storm, exit);
    else
        find_caught_by_time(hw, guest, exit);
}

void guest_mode_end(struct hw *hw)
{
    hw->guest_mode = false;
    // An interrupt of the guest that its own VMM keeps (hideleg) would be one for this VMM now.
    H_RENEW(hw, hie, hw->held.hie, 0);
    H_PUT(hw, hstatus, 0);
    if (hw->nacl)
        nacl_sync_registers(); // the next sret leads to U, and not to a guest
    // The VMM's own, as trap-and-emulate wants it: no counter is open, and sret leads to U.
    CSR_RENEW(scounteren, hw->held.scounteren, 0);
    CSR_RENEW(sstatus, hw->held.own_status, 0);
}

void guest_mode_idle(struct hw *hw)
{
    if (hw->has_guest_mode)
        CSR_RENEW(hie, hw->held.hie, 0);
}

// ---- hypervisor/hw.h

bool hw_has_guest_mode(struct hw *hw)
{
    return hw->has_guest_mode;
}

// What the guest may do by itself. Its `wfi` comes to the VMM, which may have others to run.
static void allow(struct hw *hw, const struct hw_inner *may)
{
    H_PUT(hw, hedeleg, may->hedeleg);
    H_PUT(hw, hideleg, may->hideleg);
    H_PUT(hw, hcounteren, may->hcounteren);
    H_PUT(hw, henvcfgh, may->henvcfgh);
    H_PUT(hw, hstatus, HSTATUS_VTW | HSTATUS_SPV | may->hstatus);
}

// A guest takes its own traps and interrupts, reads the time, and sets its timer. With shadows its
// page faults, its fences and its accesses to satp come to the VMM.
static void allow_as_usual(struct hw *hw, bool shadowed)
{
    struct hw_inner usual = {.hedeleg = HEDELEG_ALL,
                             .hideleg = IP_VS,
                             .hcounteren = COUNTEREN_TM,
                             .henvcfgh = HENVCFGH_STCE};
    if (shadowed) {
        usual.hedeleg &= ~HEDELEG_PAGE_FAULTS;
        usual.hstatus = HSTATUS_VTVM;
    }
    allow(hw, &usual);
    hw->inner = NULL;
    hw->shadowed = shadowed;
}

// By the wall clock this stays for as long as guests of the same kind run.
static void set_delta(struct hw *hw, u64 delta)
{
    H_PUT(hw, htimedelta, (u32)delta);
    H_PUT(hw, htimedeltah, (u32)(delta >> 32));
}

static void begin_guest_mode(struct hw *hw)
{
    set_delta(hw, 0);
    CSR_PUT(stvec, (u32)(hw->wall ? leave_by_instret : leave_by_time));
    read_registers(hw);
    hw->way = choose_way(hw);
    hw->guest_mode = true;
}

static void set_hgatp(struct hw *hw, u32 hgatp)
{
    H_RENEW(hw, hgatp, hw->hgatp, hgatp);
}

APART static void nest(struct hw *hw, u32 hgatp, bool shadowed)
{
    hw->wants_user = false;
    bool begins = !hw->guest_mode, was_inner = hw->inner;
    if (begins)
        begin_guest_mode(hw);
    if (begins || was_inner || hw->shadowed != shadowed)
        allow_as_usual(hw, shadowed);
    if (was_inner && hw->wall)
        set_delta(hw, 0);
    set_hgatp(hw, hgatp);
}

void hw_nest(struct hw *hw, u32 hgatp)
{
    nest(hw, hgatp, false);
}

void hw_nest_shadowed(struct hw *hw, u32 satp)
{
    hw->guest_satp = satp;
    hw->flushes_guests = true;
    nest(hw, 0, true);
}

void hw_nest_inner(struct hw *hw, const struct hw_inner *inner)
{
    hw->wants_user = false;
    if (!hw->guest_mode)
        begin_guest_mode(hw);
    allow(hw, inner);
    hw->inner = inner->h;
    hw->shadowed = false;
    if (hw->wall)
        set_delta(hw, inner->virt ? inner->h->htimedelta : 0);
    set_hgatp(hw, inner->hgatp);
}

// The VMM takes no trap itself, so the registers hold what the guest's trap put there.
struct hw_guest_fault hw_guest_fault(struct hw *hw)
{
    if (hw->nacl)
        return (struct hw_guest_fault){nacl_get(hw->nacl, CSR_htval),
                                       nacl_get(hw->nacl, CSR_htinst)};
    return (struct hw_guest_fault){CSR_GET(htval), CSR_GET(htinst)};
}

// The assembler has no names for these instructions (RISC-V Privileged Specification, 8.3). x0
// stands for "every one".
static void fence_first_stage(const gva *va, const u32 *asid)
{
    if (va && asid)
        __asm__ volatile(".insn r 0x73, 0, 0x11, x0, %0, %1" : : "r"(*va), "r"(*asid) : "memory");
    else if (va)
        __asm__ volatile(".insn r 0x73, 0, 0x11, x0, %0, x0" : : "r"(*va) : "memory");
    else if (asid)
        __asm__ volatile(".insn r 0x73, 0, 0x11, x0, x0, %0" : : "r"(*asid) : "memory");
    else
        __asm__ volatile(".insn r 0x73, 0, 0x11, x0, x0, x0" : : : "memory");
}

// The same, written down for the VMM below.
static void fence_shared(u32 *shared, u32 vmid, const gva *va, const u32 *asid)
{
    u32 type = NACL_HFENCE_VVMA | (va ? 0 : NACL_HFENCE_ALL) | (asid ? NACL_HFENCE_NAMED : 0);
    nacl_fence(shared, type, vmid, asid ? *asid : 0, va ? *va : 0);
    if (!va && !asid)
        nacl_fence(shared, NACL_HFENCE_NAMED | NACL_HFENCE_ALL, vmid, 0, 0);
}

// A fence of the first stage is for the VMID that hgatp has.
void hw_flush_guest(struct hw *hw, u32 vmid, const gva *va, const u32 *asid)
{
    if (hw->nacl) {
        fence_shared(hw->nacl, vmid, va, asid);
        return;
    }
    bool other = HGATP_VMID(hw->hgatp) != vmid;
    if (other)
        CSR_PUT(hgatp, vmid ? HGATP_MAKE(vmid, 0) : 0);
    fence_first_stage(va, asid);
    if (!va && !asid)
        __asm__ volatile(".insn r 0x73, 0, 0x31, x0, x0, %0" : : "r"(vmid) : "memory");
    if (other)
        CSR_PUT(hgatp, hw->hgatp);
}

// Shadows have no VMID, and real ASIDs.
APART void guest_mode_flush(struct hw *hw, u32 asid, const gva *va)
{
    if (hw->flushes_guests)
        hw_flush_guest(hw, 0, va, asid ? &asid : NULL);
}
