// The T32 backend: hw.h in terms of T32 instructions. The VMM is a kernel in mode K: on the bare
// machine, inside another VMM that believes it to be just another guest, or on any RV32 board with
// the devices of QEMU's `virt`.
//
//      the VMM's own table:  0x0c000000 ..  the board's devices, as superpages
//                            0x0fffc000 ..  the trampoline, at all the addresses that it can have
//                            0x80000000 ..  RAM, one to one, as superpages
// Read next: hypervisor/t32/lend_guest.c.
#include "hypervisor/t32/hw.h"
#include "hypervisor/t32/board.h"
#include "hypervisor/t32/csr.h"
#include "hypervisor/t32/lend_guest.h"
#include "hypervisor/t32/t32.h"
#include "isa/arch/sv32.h"
#include "isa/board/board.h"
#include "isa/board/sbi.h"

extern u8 trampoline[], trampoline_enter[], trampoline_leave[], trampoline_save[];

_Static_assert(offsetof(struct hart_state, pc) == HART_STATE_PC,
               "the trampoline knows where pc is");

static u32 own_root[1024] __attribute__((aligned(4096)));
static u32 own_trampolines[1024] __attribute__((aligned(4096)));

#define OWN_FLAGS (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)

static u32 *save_at(u32 offset)
{
    return (u32 *)(trampoline_save + offset);
}

static gva trampoline_page(u32 index)
{
    return TRAMPOLINE_FIRST + index * PAGE_SIZE;
}

// ---- start

static void make_own_table(void)
{
    for (u32 i = 0; i < 512; i++)
        own_root[512 + i] = PTE_MAKE(BOARD_RAM + i * MEGAPAGE_SIZE, OWN_FLAGS);
    own_root[BOARD_PLIC >> 22] = PTE_MAKE(BOARD_PLIC, OWN_FLAGS);
    own_root[BOARD_UART >> 22] = PTE_MAKE(BOARD_UART, OWN_FLAGS);
    own_root[TRAMPOLINE_FIRST >> 22] = PTE_MAKE((u32)own_trampolines, PTE_V);
    for (u32 i = 0; i < TRAMPOLINE_PAGES; i++)
        own_trampolines[trampoline_page(i) >> PAGE_SHIFT & 0x3ff] =
            PTE_MAKE((u32)trampoline, OWN_FLAGS);
}

// The trampoline is called, and trapped to, where it is mapped now.
static void point_trampoline(struct hw *hw)
{
    gva page = trampoline_page(hw->page_index);
    hw->trampoline = (struct hw_trampoline){page, PTE_MAKE((u32)trampoline, OWN_FLAGS)};
    hw->enter = page + (u32)(trampoline_enter - trampoline);
    CSR_PUT(stvec, page + (u32)(trampoline_leave - trampoline));
}

static void listen_to_uart(void)
{
    u32 enable = PLIC_ENABLE + PLIC_CONTEXT_K(0) * PLIC_ENABLE_EACH;
    *plic_register(PLIC_PRIORITY + BOARD_IRQ_UART * 4) = 1;
    *plic_register(enable) = 1 << BOARD_IRQ_UART;
    *plic_register(PLIC_MINE + PLIC_THRESHOLD) = 0;
    *uart_register(UART_IER) = UART_IER_RECEIVED;
}

// Two readings, one instruction apart. Time runs ahead of instret by what the machine idled.
static u32 measure_idle(void)
{
    u32 time, instret;
    __asm__ volatile("csrr %0, time\n\tcsrr %1, instret" : "=&r"(time), "=r"(instret));
    return time - (instret - 1);
}

static void read_time(struct hw *hw);

void hw_start(struct hw *hw, const struct vmm_config *config)
{
    hw->config = config;
    hw->wall = config->clock == VMM_CLOCK_WALL;
    make_own_table();
    u32 satp = SATP_MODE | (u32)own_root >> PAGE_SHIFT;
    *save_at(SAVE_SATP) = satp;
    CSR_PUT(sscratch, satp);
    CSR_PUT(satp, satp);
    __asm__ volatile("sfence.vma" : : : "memory");
    point_trampoline(hw);
    CSR_PUT(scounteren, 0);
    CSR_PUT(sstatus, 0);
    CSR_PUT(sie, IP_STIP);
    hw->stop_high = CSR_GET(stimecmph);
    read_time(hw);
    hw->idle = measure_idle();
    listen_to_uart();
    hw->enlightened = lend_offered();
    if (hw->enlightened)
        hw->trampoline = (struct hw_trampoline){0};
}

// ---- time

// From one run to the next the low word of time is enough. When it carries, the high word follows.
static void note_low(struct hw *hw, u32 low)
{
    if (low < hw->low)
        hw->high++;
    hw->low = low;
}

u64 hw_now(struct hw *hw)
{
    note_low(hw, CSR_GET(time));
    return (u64)hw->high << 32 | hw->low;
}

static void put_stop_high(struct hw *hw, u32 high)
{
    if (high == hw->stop_high)
        return;
    CSR_PUT(stimecmph, high);
    hw->stop_high = high;
}

static void read_time(struct hw *hw)
{
    u32 high;
    do {
        high = CSR_GET(timeh);
        hw->low = CSR_GET(time);
    } while (high != CSR_GET(timeh));
    hw->high = high;
}

// The UART interrupts. It goes on doing so until its bytes are taken, and guests take their time.
// So the interrupt is heard once, and then disabled until a guest has found no more bytes.
static void check_input(struct hw *hw)
{
    plic_answer();
    if (hw->listening)
        CSR_CLEAR(sie, IP_SEIP);
    hw->listening = false;
    hw->input_came = true;
}

void hw_idle(struct hw *hw, u64 until)
{
    CSR_PUT(stimecmp, (u32)until);
    put_stop_high(hw, (u32)(until >> 32));
    __asm__ volatile("wfi" : : : "memory");
    read_time(hw);
    hw->idle = measure_idle();
    if (CSR_GET(sip) & IP_SEIP)
        check_input(hw);
    if (hw->enlightened) { // the VMM below stops the guest; the timer would only disturb it
        put_stop_high(hw, ~0u);
        CSR_PUT(stimecmp, ~0u);
    }
}

// ---- running guests

#define STOP_MARGIN 0x400000u // more than the VMM ever executes between two runs

// The high word of stimecmp is set ahead of the path whose length is counted. So the low word must
// not carry between now and the stop. If it would, the VMM waits until it has: once in 2^32 ticks.
static void plan_stop(struct hw *hw, u32 run)
{
    while (hw->low + run + STOP_MARGIN < hw->low)
        hw_now(hw);
    put_stop_high(hw, hw->high);
}

// What the trampoline must add to instret for a stop after `run` instructions of the guest. By the
// wall clock time does not follow instret, and the stop is as near as can be.
static u32 stop_offset(struct hw *hw, u32 run)
{
    if (hw->wall)
        return (u32)hw_now(hw) + hw->way_in + run - CSR_GET(instret);
    return hw->idle + TRAMPOLINE_IN + run;
}

// Any SC ends the reservation, even one that fails.
void hw_end_reservation(struct hw *hw)
{
    u32 word = 0, failed;
    (void)hw;
    __asm__ volatile("sc.w %0, zero, (%1)" : "=r"(failed) : "r"(&word) : "memory");
}

// What the trampoline returns, register by register.
struct left {
    u32 at;          // instret as read on the way out
    u32 cause, tval; // of the trap
    u32 entered_at;  // instret as read on the way in
};

static struct left enter(const struct hw *hw, struct hart_state *guest, u32 stop)
{
    register u32 t0 __asm__("t0") = hw->guest_satp;
    register u32 a0 __asm__("a0") = (u32)guest;
    register u32 a1 __asm__("a1") = stop;
    register u32 a2 __asm__("a2") = hw->enter;
    register u32 a3 __asm__("a3");
    __asm__ volatile("jalr ra, %2"
                     : "+r"(a0), "+r"(a1), "+r"(a2), "=r"(a3), "+r"(t0)
                     :
                     : "memory", "ra", "t1", "t2", "t3", "t4", "t5", "t6", "a4", "a5", "a6", "a7",
                       "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11");
    return (struct left){a0, a1, a2, a3};
}

// The stval of an illegal instruction is its word.
static struct trap trap_of(u32 cause, u32 tval)
{
    u32 insn = cause == CAUSE_ILLEGAL ? tval : 0;
    return (struct trap){.cause = cause, .tval = tval, .insn = insn};
}

void hw_run(struct hw *hw, struct hart_state *guest, u32 limit, struct hw_exit *exit)
{
    if (guest != hw->last) {
        hw_end_reservation(hw);
        hw->last = guest;
        *save_at(SAVE_GUEST) = (u32)guest;
    }
    if (hw->enlightened) {
        note_low(hw, lend_run(guest, hw->guest_satp, limit, exit));
        if (exit->trap.cause == CAUSE_EXTERNAL)
            check_input(hw);
        return;
    }
    plan_stop(hw, limit);
    struct left left = enter(hw, guest, stop_offset(hw, limit));
    *exit = (struct hw_exit){.trapped = left.cause != CAUSE_TIMER,
                             .trap = trap_of(left.cause, left.tval)};
    exit->ran = left.at - left.entered_at - TRAMPOLINE_IN - TRAMPOLINE_OUT;
    if (!hw->wall)
        note_low(hw, left.at + hw->idle);
    else if (!exit->trapped && !exit->ran)
        hw->way_in += hw->way_in + TRAMPOLINE_IN; // the way in took all the time: allow for more
    if (left.cause == CAUSE_EXTERNAL)
        check_input(hw);
}

void hw_root(struct hw *hw, u32 satp)
{
    hw->guest_satp = satp;
}

// This backend runs guests in real U alone, so the core calls none of the other functions for guest
// mode.
bool hw_has_guest_mode(struct hw *hw)
{
    (void)hw;
    return false;
}

void hw_nest(struct hw *hw, u32 hgatp)
{
    (void)hw;
    (void)hgatp;
}

struct hw_guest_fault hw_guest_fault(struct hw *hw)
{
    (void)hw;
    return (struct hw_guest_fault){0};
}

void hw_flush_guest(struct hw *hw, u32 vmid, const gva *va, const u32 *asid)
{
    (void)hw;
    (void)vmid;
    (void)va;
    (void)asid;
}

struct hw_trampoline hw_trampoline(struct hw *hw)
{
    return hw->trampoline;
}

void hw_move_trampoline(struct hw *hw, gva busy, gva also_busy)
{
    while (trampoline_page(hw->page_index) == busy || trampoline_page(hw->page_index) == also_busy)
        hw->page_index = (hw->page_index + 1) % TRAMPOLINE_PAGES;
    point_trampoline(hw);
}

void hw_flush(struct hw *hw, u32 asid, const gva *va)
{
    (void)hw;
    if (!asid)
        __asm__ volatile("sfence.vma" : : : "memory");
    else if (!va)
        __asm__ volatile("sfence.vma zero, %0" : : "r"(asid) : "memory");
    else
        __asm__ volatile("sfence.vma %0, %1" : : "r"(*va), "r"(asid) : "memory");
}

// ---- memory, harts, devices

void *hw_page(struct hw *hw, mpa address)
{
    (void)hw;
    return (void *)address;
}

const void *hw_page_to_read(struct hw *hw, mpa address)
{
    (void)hw;
    return (const void *)address;
}

void hw_kick(struct hw *hw, u32 hart)
{
    (void)hw;
    (void)hart;
}

u32 hw_hart(struct hw *hw)
{
    (void)hw;
    return 0;
}

bool hw_input_came(struct hw *hw)
{
    bool came = hw->input_came;
    hw->input_came = false;
    return came;
}

u64 hw_sectors(struct hw *hw, u32 vm)
{
    (void)hw;
    return vm == 1 ? disk_sectors() : 0;
}

bool hw_block(struct hw *hw, u32 vm, u64 sector, void *bytes, bool write)
{
    (void)hw;
    (void)vm;
    return disk_transfer(sector, bytes, write);
}

// The test device is used first, since its failures carry a code. It is not in the VMM's own table,
// so paging goes off before. On a board without that device the firmware is asked.
void hw_off(struct hw *hw, u32 why, u32 code)
{
    u32 word = TEST_PASS;
    (void)hw;
    if (why == POWER_FAILED)
        word = TEST_FAIL | code << 16;
    else if (why == POWER_REBOOT)
        word = TEST_RESET;
    CSR_PUT(satp, 0);
    __asm__ volatile("sfence.vma" : : : "memory");
    *(volatile u32 *)BOARD_TEST = word;
    firmware(SBI_SRST, SBI_SRST_RESET, SBI_SHUTDOWN,
             why == POWER_FAILED ? SBI_REASON_FAILURE : SBI_REASON_NONE);
    for (;;)
        __asm__ volatile("wfi");
}

const struct vmm_config *hw_config(struct hw *hw)
{
    return hw->config;
}

void hw_note(struct hw *hw, const struct note *note)
{
    (void)hw;
    register const struct note *a0 __asm__("a0") = note;
    __asm__ volatile(".word %0" : : "i"(NOTE_HINT_A0), "r"(a0) : "memory");
}
