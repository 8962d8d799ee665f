// FNV-1a with 64 bits: a quick hash of bytes, the same on every host. It tells states and
// outputs apart. It does not protect against a person who makes two inputs with the same hash on
// purpose.
#ifndef SIM_STATE_HASH_H
#define SIM_STATE_HASH_H

#include "isa/types.h"

#include <string.h>

#define HASH_START 14695981039346656037u // the hash of no bytes at all
#define HASH_PRIME 1099511628211u

// Returns the hash of the bytes that gave `hash`, followed by one more byte, or by `count` more
// bytes.
static inline u64 hash_byte(u64 hash, u8 byte)
{
    return (hash ^ byte) * HASH_PRIME;
}

static inline u64 hash_bytes(u64 hash, const void *bytes, size_t count)
{
    const u8 *at = bytes;
    for (size_t i = 0; i < count; i++)
        hash = hash_byte(hash, at[i]);
    return hash;
}

// The same by 32-bit words, four times as quick: `count` is in bytes, a multiple of 4.
static inline u64 hash_words(u64 hash, const void *bytes, u32 count)
{
    const u8 *from = bytes;
    for (u32 i = 0; i < count; i += 4) {
        u32 word;
        memcpy(&word, from + i, sizeof word);
        hash = (hash ^ word) * HASH_PRIME;
    }
    return hash;
}

#endif
