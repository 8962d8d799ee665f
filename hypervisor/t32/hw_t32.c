// The T32 backend: hw.h in terms of T32 instructions. The VMM is a kernel in mode K: on the bare
// machine, inside another VMM that believes it to be just another guest, or on any RV32 board with
// the devices of QEMU's `virt`.
//
//      the VMM's own table:  0x0c000000 ..  the board's devices, as superpages
//                            0x0fffc000 ..  the trampoline, at all the addresses that it can have
//                            0x80000000 ..  RAM, one to one, as superpages
// Read next: hypervisor/t32/lend_guest.c.
#include "hypervisor/t32/hw.h"
#include "hypervisor/apart.h"
#include "hypervisor/t32/board.h"
#include "hypervisor/t32/csr.h"
#include "hypervisor/t32/guest_mode.h"
#include "hypervisor/t32/lend_guest.h"
#include "hypervisor/t32/nacl_guest.h"
#include "hypervisor/t32/t32.h"
#include "hypervisor/t32/timer.h"
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
    if (!hw->enlightened) // else the VMM below needs no page of the guest's address space
        hw->trampoline = (struct hw_trampoline){page, PTE_MAKE((u32)trampoline, OWN_FLAGS)};
    hw->enter = page + (u32)(trampoline_enter - trampoline);
    CSR_PUT(stvec, page + (u32)(trampoline_leave - trampoline));
}

// No guest may ever ask for input, and yet the hart is to wake when some comes.
static void listen_to_uart(struct hw *hw)
{
    u32 enable = PLIC_ENABLE + PLIC_CONTEXT_K(0) * PLIC_ENABLE_EACH;
    *plic_register(PLIC_PRIORITY + BOARD_IRQ_UART * 4) = 1;
    *plic_register(enable) = 1 << BOARD_IRQ_UART;
    *plic_register(PLIC_MINE + PLIC_THRESHOLD) = 0;
    *uart_register(UART_IER) = UART_IER_RECEIVED;
    CSR_SET(sie, IP_SEIP);
    hw->listening = true;
}

void hw_start(struct hw *hw, const struct vmm_config *config, bool has_guest_mode)
{
    hw->config = config;
    hw->wall = config->clock == VMM_CLOCK_WALL;
    hw->has_guest_mode = has_guest_mode;
    hw->enlightened = lend_offered();
    hw->nacl = has_guest_mode ? nacl_start() : NULL;
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
    timer_read(hw);
    listen_to_uart(hw);
}

// ---- interrupts

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

// For runs that the VMM below carries out. It stops the guest, and the timer would only disturb it.
static void stop_nobody(struct hw *hw)
{
    timer_set(hw, ~(u64)0);
}

void hw_idle(struct hw *hw, u64 until)
{
    timer_set(hw, until);
    guest_mode_idle(hw);
    __asm__ volatile("wfi" : : : "memory");
    timer_read(hw);
    if (CSR_GET(sip) & IP_SEIP)
        check_input(hw);
    if (hw->enlightened)
        stop_nobody(hw);
}

// ---- running guests

// Any SC ends the reservation, even one that fails.
void hw_end_reservation(struct hw *hw)
{
    u32 word = 0, failed;
    (void)hw;
    __asm__ volatile("sc.w %0, zero, (%1)" : "=r"(failed) : "r"(&word) : "memory");
}

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

static void run_in_user(struct hw *hw, struct hart_state *guest, u32 limit, struct hw_exit *exit)
{
    timer_plan(hw, limit);
    struct left left = enter(hw, guest, timer_after_instret(hw, TRAMPOLINE_IN, limit));
    *exit = exit_of(&left, TRAMPOLINE_IN + TRAMPOLINE_OUT);
    if (!hw->wall)
        timer_note(hw, left.at + hw->idle);
    else if (!exit->trapped && !exit->ran)
        timer_was_short(hw, TRAMPOLINE_IN);
}

// The hart leaves guest mode for good: traps come to the trampoline again, and find what it needs.
APART static void end_guest_mode(struct hw *hw)
{
    guest_mode_end(hw);
    point_trampoline(hw);
    CSR_PUT(sscratch, *save_at(SAVE_SATP));
    if (hw->enlightened)
        stop_nobody(hw);
}

void hw_run(struct hw *hw, struct hart_state *guest, u32 limit, struct hw_exit *exit)
{
    if (guest != hw->last) {
        hw_end_reservation(hw);
        hw->last = guest;
        *save_at(SAVE_GUEST) = (u32)guest;
    }
    if (hw->guest_mode && hw->wants_user)
        end_guest_mode(hw);
    if (hw->guest_mode)
        guest_mode_run(hw, guest, limit, exit);
    else if (hw->enlightened)
        timer_note(hw, lend_run(guest, hw->guest_satp, limit, exit));
    else
        run_in_user(hw, guest, limit, exit);
    if (exit->trap.cause == CAUSE_EXTERNAL)
        check_input(hw);
}

void hw_root(struct hw *hw, u32 satp)
{
    hw->guest_satp = satp;
    hw->wants_user = true;
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
    guest_mode_flush(hw, asid, va);
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
