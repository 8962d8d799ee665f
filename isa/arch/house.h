// The profile `house`: a machine with twelve instructions that no other machine has. A seed says
// what each of them does (isa/house.def). The machine and the VMM use the same function, so a house
// instruction that traps is emulated as the hardware would have done it.
//
// The profile is one number, so that all that takes a profile takes a house, too:
//
//    31          16 15              4 3          0
//   +--------------+-----------------+------------+
//   |     seed     | mended, bit 4+i | ISA_HOUSE  |
//   +--------------+-----------------+------------+
//
// A *mended* instruction traps in U whatever its rule says. A machine on which each hole is mended
// can be virtualized by trap-and-emulate.
//
// Freestanding: no libc.
// Read next: isa/arch/house.c.
#ifndef ISA_ARCH_HOUSE_H
#define ISA_ARCH_HOUSE_H

#include "isa/arch/hart.h"

#define HOUSE_INSTRUCTIONS 12u
#define HOUSE_SEEDS 65536u
#define HOUSE_PROFILE(seed) ((u32)ISA_HOUSE | (u32)(seed) << 16)
#define HOUSE_MENDED(index) (1u << (4 + (index)))

enum house_rule {
#define HOUSE(name, ...) HOUSE_##name,
#include "isa/house.def"
#undef HOUSE
    HOUSE_RULES
};

struct house_drawn {
    u8 rule;      // enum house_rule
    u8 bit;       // n, from 1 to 31
    u8 class;     // enum isa_class
    bool in_u;    // it executes in U: its rule says so, and it is not mended
    bool in_k;    // it executes in K
    u32 constant; // c; it is odd, so to multiply by it loses nothing
};

// Returns true if it is one of the twelve, house0 to house11.
static inline bool house_has(enum insn insn)
{
    return insn >= INSN_house0 && insn < INSN_house0 + (int)HOUSE_INSTRUCTIONS;
}

// Decodes a word if it is a house instruction and the profile has them; else .insn is INSN_ILLEGAL.
// A VMM decodes little, and this is all that it needs for a house.
struct decoded house_decode(u32 word, u32 profile);

// What the seed of the profile has drawn for the instruction, which house_has.
struct house_drawn house_draw(u32 profile, enum insn insn);

// What a rule does, in one line, with c and n. Host only (isa/profile.c).
const char *house_meaning(enum house_rule rule);

// Executes a house instruction: reads and sets registers, CSRs and mode. pc does not move, and
// nothing is counted. `now` is the value of time. Returns false if the instruction is illegal in
// this mode; then nothing has changed.
bool house_execute(struct hart_state *h, struct decoded d, u32 profile, u64 now);

#endif
