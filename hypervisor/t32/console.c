// The console of a VMM that is T32 code: one UART for all its guests. What they print is mixed
// there, and an observer is told whose byte it is. Input is sorted. With one guest it is all that
// guest's. With several it is for the guest that was named last (CONSOLE_CHOOSE in
// hypervisor/config.h); at first that is guest 1.
//
//      UART: h i RS 2 l s \n           inboxes: guest 1: h i      guest 2: l s \n
// Read next: hypervisor/t32/disk.c.
#include "hypervisor/t32/hw.h"
#include "hypervisor/t32/board.h"
#include "hypervisor/t32/csr.h"
#include "isa/arch/hart.h"
#include "isa/board/sbi.h"

enum { INBOXES = 32, INBOX = 64 };

// Bytes that have come for a guest and that it has not read yet. While the chosen guest's inbox is
// full, further bytes wait in the UART.
struct inbox {
    u8 byte[INBOX];
    u8 first, count;
};

static struct inbox inboxes[INBOXES];

void hw_console(struct hw *hw, u32 vm, u8 byte)
{
    struct note note = {.kind = EVENT_CONSOLE, .vm = (u16)vm, .value = byte};
    hw_note(hw, &note);
    firmware(SBI_LEGACY_PUTCHAR, 0, byte, 0);
}

static bool uart_has_byte(void)
{
    return *uart_register(UART_LSR) & UART_LSR_READY;
}

static u8 uart_byte(void)
{
    return *uart_register(UART_DATA);
}

// No byte is left, so the UART may interrupt again. The PLIC may still offer an interrupt whose
// byte is gone by now; that one is answered first.
static void listen(struct hw *hw)
{
    if (hw->listening)
        return;
    plic_answer();
    CSR_SET(sie, IP_SEIP);
    hw->listening = true;
}

static void choose(struct hw *hw, u32 vm)
{
    if (vm >= 1 && vm <= hw->config->guests && vm <= INBOXES)
        hw->chosen = vm - 1;
}

static void put(struct inbox *in, u8 byte)
{
    in->byte[(in->first + in->count++) % INBOX] = byte;
}

// Moves bytes from the UART to the inboxes, on behalf of the guest `vm`. If a byte is for another
// guest, the core must look for that one too.
static void sort_input(struct hw *hw, u32 vm)
{
    while (inboxes[hw->chosen].count < INBOX && uart_has_byte()) {
        u8 byte = uart_byte();
        bool names = hw->choosing && byte != CONSOLE_CHOOSE;
        hw->choosing = !hw->choosing && byte == CONSOLE_CHOOSE;
        if (names)
            choose(hw, byte);
        else if (!hw->choosing) {
            put(&inboxes[hw->chosen], byte);
            hw->input_came |= hw->chosen != vm - 1;
        }
    }
}

int hw_input(struct hw *hw, u32 vm)
{
    if (hw->config->guests > 1)
        sort_input(hw, vm);
    else if (uart_has_byte())
        return uart_byte();
    struct inbox *in = vm <= INBOXES ? &inboxes[vm - 1] : NULL;
    if (in && in->count) {
        u8 byte = in->byte[in->first];
        in->first = (in->first + 1) % INBOX;
        in->count--;
        return byte;
    }
    listen(hw);
    return -1;
}
