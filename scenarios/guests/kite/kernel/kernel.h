// What every chapter of the kernel uses: printing, the firmware, bytes and strings.
#ifndef KITE_KERNEL_H
#define KITE_KERNEL_H

#include "isa/types.h"

// What the boot loader says in the device tree (tree.c).
struct boot {
    u32 hart;                     // the number of the hart that we run on
    u32 tree_start, tree_end;     // the device tree itself
    u32 ram_end;                  // RAM goes from RAM_START to here
    u32 initrd_start, initrd_end; // both 0: there is no initrd
    char arguments[256];
};

// Reads the device tree at an address. Returns false if there is none that makes sense.
bool tree_read(u32 address, struct boot *boot);

// Prints like printf, with %s %d %u %x %c %%.
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Prints a message and switches the machine off, as failed.
void panic(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

// Calls of the firmware.
void firmware_timer(u64 when); // the next timer interrupt
void firmware_power_off(bool well) __attribute__((noreturn));
u32 firmware_version(void);
void firmware_print(const char *text); // on the console of the firmware

// Bytes and strings (text.c).
void *memcpy(void *to, const void *from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int byte, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
// Copies as much as fits. The copy always ends in 0.
void text_copy(char *to, const char *from, size_t size);

#endif
