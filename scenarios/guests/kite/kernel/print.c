// The kernel's printf, and how the kernel ends when it cannot go on.
// Read next: scenarios/guests/kite/kernel/text.c.
#include "scenarios/guests/kite/kernel/console.h"
#include "scenarios/guests/kite/kernel/kernel.h"

#include <stdarg.h>

static void print_text(const char *s)
{
    while (*s)
        console_put((u8)*s++);
}

static void print_number(u32 n, u32 base)
{
    char digits[12];
    u32 at = sizeof digits;
    digits[--at] = 0;
    do
        digits[--at] = "0123456789abcdef"[n % base];
    while ((n /= base) != 0);
    print_text(digits + at);
}

static void print_list(const char *format, va_list list)
{
    for (; *format; format++) {
        if (*format != '%') {
            console_put((u8)*format);
            continue;
        }
        switch (*++format) {
        case 's':
            print_text(va_arg(list, const char *));
            break;
        case 'c':
            console_put((u8)va_arg(list, int));
            break;
        case 'u':
            print_number(va_arg(list, u32), 10);
            break;
        case 'x':
            print_text("0x");
            print_number(va_arg(list, u32), 16);
            break;
        case 'd': {
            i32 n = va_arg(list, i32);
            if (n < 0)
                console_put('-');
            print_number(n < 0 ? 0 - (u32)n : (u32)n, 10);
            break;
        }
        case 0:
            return;
        default:
            console_put((u8)*format);
        }
    }
}

void print(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    print_list(format, list);
    va_end(list);
}

void panic(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    print("kite: panic: ");
    print_list(format, list);
    print("\n");
    va_end(list);
    firmware_power_off(false);
}
