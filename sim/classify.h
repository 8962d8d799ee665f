// The classes of Popek and Goldberg, measured: each instruction is run in U and in K from the same
// states, and what happened is compared. isa.def and csr.def claim a class for each; this is the
// experiment that they are held against
// (`trapeze isa --classify`).
//
//      the same registers, memory, CSRs and relocation
//            | mode U            | mode K
//            v one step          v one step
//        outcome u           outcome k          traps in U and not in K                       privileged
//                                               without a trap, changes mode, CSRs, timer,
//                                               translations, or stops the hart               control-sensitive
//                                               without a trap, the result differs in U and
//                                               K, or with what the CSRs hold                 behaviour-sensitive
//
// Source: Popek and Goldberg, "Formal requirements for virtualizable third generation
// architectures", CACM 17(7), 1974.
#ifndef SIM_CLASSIFY_H
#define SIM_CLASSIFY_H

#include "isa/isa.h"

struct classified {
    char name[24]; // "addi"; "csrr* satp" for the six CSR instructions with that CSR; "csrr*
                   // others" for all numbers without one
    u8 claimed;      // enum isa_class, from the tables
    bool traps_u;    // trapped in U from every state
    bool traps_k;    // trapped in K from every state
    bool privileged; // trapped in U wherever it did not in K, and there was such a state
    bool control, behaviour;
    bool agrees; // with the tables
};

#define CLASSIFIED_MOST 160

// Fills rows (room for CLASSIFIED_MOST) and returns how many; 0 and a message in error (at least
// 160 bytes) if no machine can be made. Counters are measured with scounteren = 0.
u32 classify(bool holes, struct classified *rows, char *error, size_t error_size);

#endif
