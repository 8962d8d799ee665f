// What the parts of the firmware share. Inside isa/board only.
#ifndef ISA_BOARD_FIRMWARE_CALL_H
#define ISA_BOARD_FIRMWARE_CALL_H

#include "isa/board/firmware.h"

#define SBI_LEGACY_LAST 8

struct sbi_call {
    const struct firmware *f;
    struct hart_state *caller;
    u32 function; // a6
    u32 arg[5];   // a0 to a4
};

struct sbi_reply {
    enum sbi_error error;
    u32 value;
    bool off; // the power is off: nobody is left to answer
};

struct sbi_reply sbi_value(u32 value);
struct sbi_reply sbi_error(enum sbi_error error);
struct sbi_reply sbi_off(const struct sbi_call *c, enum power why, u32 code);

// To harts by number, a bit each. Those that are stopped get no interrupt.
void sbi_send_ipi(const struct sbi_call *c, u32 harts);
void sbi_fence(const struct sbi_call *c, u32 harts, enum fence_kind kind, u32 start, u32 size,
               u32 asid);

// Extensions 0 to SBI_LEGACY_LAST. The value is what a0 gets.
struct sbi_reply sbi_legacy(const struct sbi_call *c, u32 extension);

#endif
