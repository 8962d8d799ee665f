// One call of the firmware, as the functions that answer it see it: its arguments, its answer, and
// what is said about several harts at once. Only the firmware itself includes this header.
// Read next: isa/board/firmware_call.c.
#ifndef ISA_BOARD_FIRMWARE_CALL_H
#define ISA_BOARD_FIRMWARE_CALL_H

#include "isa/board/firmware.h"

#define SBI_ARGUMENTS 5

struct sbi_call {
    const struct firmware *f;
    struct hart_state *caller;
    u32 function;           // a6
    u32 arg[SBI_ARGUMENTS]; // a0 to a4
};

struct sbi_reply {
    enum sbi_error error;
    u32 value;
    bool off; // the power is off: nobody is left who could read an answer
};

// Inline, since every call makes one: as functions elsewhere they cost a seventh of a call.
static inline struct sbi_reply sbi_value(u32 value)
{
    return (struct sbi_reply){SBI_OK, value, false};
}

static inline struct sbi_reply sbi_error(enum sbi_error error)
{
    return (struct sbi_reply){error, 0, false};
}

struct sbi_reply sbi_off(const struct sbi_call *c, enum power why, u32 code);

// The calls that both the legacy extensions and the later ones offer. `harts` has a bit for each
// hart.
struct sbi_reply sbi_set_timer(const struct sbi_call *c);
u32 sbi_all_harts(const struct sbi_call *c);
void sbi_send_ipi(const struct sbi_call *c, u32 harts);
void sbi_fence(const struct sbi_call *c, u32 harts, enum fence_kind kind, u32 start, u32 size,
               u32 asid);

// Answers one of the legacy extensions, 0 to SBI_LEGACY_CALLS - 1. The reply's value goes to a0.
struct sbi_reply sbi_legacy(const struct sbi_call *c, u32 extension);

#endif
