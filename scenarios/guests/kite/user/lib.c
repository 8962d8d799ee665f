// The library of kite programs: system calls, printf, lines. The functions for bytes and strings
// are those of the kernel (kernel/text.c).
#include "scenarios/guests/kite/user/kite.h"

#include <stdarg.h>

#define PRINT_BYTES 512

i32 system_call(u32 number, u32 a, u32 b, u32 c)
{
    register u32 a0 __asm__("a0") = a;
    register u32 a1 __asm__("a1") = b;
    register u32 a2 __asm__("a2") = c;
    register u32 a7 __asm__("a7") = number;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
    return (i32)a0;
}

i32 fork(void)
{
    return system_call(SYS_fork, 0, 0, 0);
}

i32 exec(const char *path, char **argv)
{
    return system_call(SYS_exec, (u32)path, (u32)argv, 0);
}

void exit(i32 status)
{
    for (;;)
        system_call(SYS_exit, (u32)status, 0, 0);
}

i32 wait(i32 *status)
{
    return system_call(SYS_wait, (u32)status, 0, 0);
}

i32 kill(i32 pid)
{
    return system_call(SYS_kill, (u32)pid, 0, 0);
}

i32 getpid(void)
{
    return system_call(SYS_getpid, 0, 0, 0);
}

i32 yield(void)
{
    return system_call(SYS_yield, 0, 0, 0);
}

i32 sleep(u32 slices)
{
    return system_call(SYS_sleep, slices, 0, 0);
}

i32 uptime(void)
{
    return system_call(SYS_uptime, 0, 0, 0);
}

void *sbrk(i32 bytes)
{
    i32 end = system_call(SYS_sbrk, (u32)bytes, 0, 0);
    return end < 0 ? NULL : (void *)end;
}

i32 pipe(i32 fds[2])
{
    return system_call(SYS_pipe, (u32)fds, 0, 0);
}

i32 dup(i32 fd)
{
    return system_call(SYS_dup, (u32)fd, 0, 0);
}

i32 open(const char *path)
{
    return system_call(SYS_open, (u32)path, 0, 0);
}

i32 close(i32 fd)
{
    return system_call(SYS_close, (u32)fd, 0, 0);
}

i32 read(i32 fd, void *to, u32 bytes)
{
    return system_call(SYS_read, (u32)fd, (u32)to, bytes);
}

i32 write(i32 fd, const void *from, u32 bytes)
{
    return system_call(SYS_write, (u32)fd, (u32)from, bytes);
}

i32 list(u32 index, struct file_info *info)
{
    return system_call(SYS_list, index, (u32)info, 0);
}

i32 status(u32 index, struct process_info *info)
{
    return system_call(SYS_status, index, (u32)info, 0);
}

i32 micro(u32 which, u32 times)
{
    return system_call(SYS_micro, which, times, 0);
}

void halt(i32 status)
{
    for (;;)
        system_call(SYS_halt, (u32)status, 0, 0);
}

i32 memory(void)
{
    return system_call(SYS_memory, 0, 0, 0);
}

i32 foreground(i32 pid)
{
    return system_call(SYS_foreground, (u32)pid, 0, 0);
}

// ---- printf

struct text {
    char bytes[PRINT_BYTES];
    u32 length;
};

static void put(struct text *t, char c)
{
    if (t->length < PRINT_BYTES)
        t->bytes[t->length++] = c;
}

static void put_padded(struct text *t, const char *s, u32 width, bool left)
{
    u32 length = (u32)strlen(s), pad = width > length ? width - length : 0;
    for (u32 i = 0; !left && i < pad; i++)
        put(t, ' ');
    while (*s)
        put(t, *s++);
    for (u32 i = 0; left && i < pad; i++)
        put(t, ' ');
}

// Writes the digits of n at the end of a buffer of 12 bytes. Returns where they start.
static char *digits_of(char *buffer, u32 n, u32 base, bool minus)
{
    char *at = buffer + 11;
    *at = 0;
    do
        *--at = "0123456789abcdef"[n % base];
    while ((n /= base) != 0);
    if (minus)
        *--at = '-';
    return at;
}

// Prints one conversion, by its letter. `left`: the text is at the left of its width.
static void put_conversion(struct text *t, char letter, u32 width, bool left, va_list *list)
{
    char buffer[12] = {0};
    const char *s = buffer;
    if (letter == 's') {
        s = va_arg(*list, const char *);
    } else if (letter == 'd') {
        i32 n = va_arg(*list, i32);
        s = digits_of(buffer, n < 0 ? 0 - (u32)n : (u32)n, 10, n < 0);
    } else if (letter == 'u' || letter == 'x') {
        s = digits_of(buffer, va_arg(*list, u32), letter == 'u' ? 10 : 16, false);
    } else {
        buffer[0] = letter == 'c' ? (char)va_arg(*list, int) : letter;
    }
    put_padded(t, s, width, left);
}

static void print_list(i32 fd, const char *format, va_list *list)
{
    struct text t;
    t.length = 0;
    for (; *format; format++) {
        if (*format != '%') {
            put(&t, *format);
            continue;
        }
        bool left = format[1] == '-';
        u32 width = 0;
        for (format += left ? 2 : 1; *format >= '0' && *format <= '9'; format++)
            width = width * 10 + (u32)(*format - '0');
        if (*format == 0)
            break;
        put_conversion(&t, *format, width, left, list);
    }
    write(fd, t.bytes, t.length);
}

void printf(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    print_list(1, format, &list);
    va_end(list);
}

void fprintf(i32 fd, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    print_list(fd, format, &list);
    va_end(list);
}

// ---- the rest

i32 read_line(i32 fd, char *line, u32 size)
{
    u32 length = 0;
    char c;
    i32 n;
    while ((n = read(fd, &c, 1)) == 1 && c != '\n')
        if (length < size - 1)
            line[length++] = c;
    line[length] = 0;
    return n <= 0 && length == 0 ? -1 : (i32)length;
}

// What the character means as a digit. A character that is no digit means more than any base has.
static u32 digit(char c)
{
    if (c >= '0' && c <= '9')
        return (u32)(c - '0');
    return c >= 'a' && c <= 'f' ? (u32)(c - 'a') + 10 : 99;
}

u32 number(const char *s)
{
    u32 n = 0, base = 10;
    if (s[0] == '0' && s[1] == 'x') {
        base = 16;
        s += 2;
    }
    for (; digit(*s) < base; s++)
        n = n * base + digit(*s);
    return n;
}

const char *cause_name(i32 status)
{
    static const char *const names[16] = {
        [0] = "misaligned fetch", [1] = "fetch access fault", [2] = "illegal instruction",
        [3] = "breakpoint",       [4] = "misaligned load",    [5] = "load access fault",
        [6] = "misaligned store", [7] = "store access fault", [12] = "fetch page fault",
        [13] = "load page fault", [15] = "store page fault",
    };
    if (status < WAIT_FAULT)
        return "exit";
    if (status >= WAIT_KILLED)
        return "killed";
    const char *name = names[(status - WAIT_FAULT) & 15];
    return name ? name : "unknown fault";
}
