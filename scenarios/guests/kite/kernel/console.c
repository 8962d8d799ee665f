// The console and the interrupt controller. Output waits for the UART byte by byte. Input comes
// by interrupt into a ring. A process that reads a line takes bytes out of the ring and echoes
// them only then, so it makes no difference on the screen whether somebody types slowly, types
// ahead, or feeds a whole script at once. When the ring is full, the UART's interrupt is
// switched off until there is room again, so nothing is lost. Sources: the 16550's data sheet;
// RISC-V PLIC Specification 1.0.
// Read next: scenarios/guests/kite/kernel/disk.c.
#include "scenarios/guests/kite/kernel/console.h"
#include "scenarios/guests/kite/abi.h"
#include "scenarios/guests/kite/kernel/board.h"
#include "scenarios/guests/kite/kernel/disk.h"
#include "scenarios/guests/kite/kernel/process.h"
#include "scenarios/guests/kite/kernel/space.h"

enum { UART_DATA = 0, UART_INTERRUPTS = 1, UART_LINE = 5 };
enum { LINE_INPUT_READY = 0x01, LINE_OUTPUT_EMPTY = 0x20, INTERRUPT_ON_INPUT = 0x01 };
enum { RING_BYTES = 256, LINE_BYTES = 256 };
enum { KEY_INTERRUPT = 3, KEY_END = 4, KEY_BACKSPACE = 8, KEY_DELETE_LINE = 21, KEY_DELETE = 127 };

static struct {
    // Input that nobody has read: the bytes from `taken` up to `came`, modulo the size of the ring.
    u8 ring[RING_BYTES];
    u32 came, taken;
    // The line that is being read. The bytes before `given` were given to a process already.
    u8 line[LINE_BYTES];
    u32 length, given;
    u32 foreground; // ^C ends the processes from this number on; 0: no process
} console;

static u32 plic_context; // the context of this hart in mode S

static volatile u8 *uart(u32 number)
{
    return (volatile u8 *)(UART + number);
}

// ---- the interrupt controller

// Its registers: priorities at 0, the enable bits of a context at 0x2000, threshold and claim of a
// context at 0x200000.

void plic_enable(u32 irq)
{
    u32 word = PLIC + 0x2000 + 0x80 * plic_context + irq / 32 * 4;
    device_write(PLIC + 4 * irq, 1);
    device_write(word, device_read(word) | 1u << irq % 32);
}

static void uart_interrupt(void)
{
    while (*uart(UART_LINE) & LINE_INPUT_READY) {
        // No room: the UART keeps its byte, and is silent until console_take has made room.
        if (console.came - console.taken == RING_BYTES) {
            *uart(UART_INTERRUPTS) = 0;
            break;
        }
        u8 byte = *uart(UART_DATA);
        if (byte == KEY_INTERRUPT && console.foreground) {
            process_kill_from(console.foreground);
            console.taken = console.came; // it was typed for the processes that end
        } else {
            console.ring[console.came++ % RING_BYTES] = byte;
        }
    }
    wake(&console);
}

void plic_interrupt(void)
{
    u32 claim = PLIC + 0x200004 + 0x1000 * plic_context;
    // To read `claim` takes an interrupt; to write it back completes that. 0: there is none left.
    for (u32 irq; (irq = device_read(claim)) != 0; device_write(claim, irq)) {
        if (irq == IRQ_UART)
            uart_interrupt();
        else
            disk_interrupt(irq);
    }
}

// ---- bytes and lines

void console_init(u32 hart)
{
    plic_context = 2 * hart + 1;
    // Threshold 0: every priority above 0 interrupts.
    device_write(PLIC + 0x200000 + 0x1000 * plic_context, 0);
    // The FIFO stays off. To switch it on would drop what was typed while the kernel booted.
    *uart(UART_INTERRUPTS) = INTERRUPT_ON_INPUT;
    plic_enable(IRQ_UART);
}

void console_put(u8 byte)
{
    while (!(*uart(UART_LINE) & LINE_OUTPUT_EMPTY))
        ;
    *uart(UART_DATA) = byte;
}

static bool console_take(u8 *byte)
{
    while (console.came == console.taken)
        if (!wait_on(&console))
            return false;
    *byte = console.ring[console.taken++ % RING_BYTES];
    *uart(UART_INTERRUPTS) = INTERRUPT_ON_INPUT;
    return true;
}

static void line_delete(u32 keep)
{
    for (; console.length > keep; console.length--)
        for (const char *s = "\b \b"; *s; s++)
            console_put((u8)*s);
}

// Fills console.line. Returns false if the caller was killed while it waited.
static bool line_read(void)
{
    console.length = console.given = 0;
    for (u8 byte; console_take(&byte);) {
        if (byte == '\r')
            byte = '\n';
        if (byte == KEY_END)
            return true;
        if (byte == KEY_BACKSPACE || byte == KEY_DELETE) {
            line_delete(console.length > 0 ? console.length - 1 : 0);
        } else if (byte == KEY_DELETE_LINE || byte == KEY_INTERRUPT) {
            line_delete(0);
        } else if ((byte >= ' ' && console.length < LINE_BYTES - 1) || byte == '\n') {
            console.line[console.length++] = byte;
            console_put(byte);
        }
        if (byte == '\n')
            return true;
    }
    return false;
}

void console_foreground(u32 pid)
{
    console.foreground = pid;
}

i32 console_read(u32 to, u32 bytes)
{
    if (console.given == console.length && !line_read())
        return INTERRUPTED;
    u32 n = console.length - console.given;
    if (n > bytes)
        n = bytes;
    if (!user_write(to, console.line + console.given, n))
        return BAD_ADDRESS;
    console.given += n;
    return (i32)n;
}
