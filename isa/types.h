// The number and address types of every folder. To the compiler addresses are plain numbers, so an
// address type is a promise to the reader: gva, gpa and mpa mix only in functions whose names say
// so (gmem_*, shadow_*, sv32_*).
// Read next: isa/isa.h.
#ifndef ISA_TYPES_H
#define ISA_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t i8;
typedef int16_t i16;
typedef int32_t i32;
typedef int64_t i64;

typedef u32 gva; // guest virtual address: what a program's pointer holds
typedef u32 gpa; // guest physical address: what a kernel believes to be RAM or a device
typedef u32 mpa; // machine physical address: what the board's bus carries

#endif
