// Measures the classes of Popek and Goldberg. isa.def and csr.def claim a class for each
// instruction. The experiment here checks these claims (`trapeze isa --classify`): it runs the
// instruction in U and in K from the same states, and compares what happened.
//
//     the same registers, memory, CSRs and relocation
//           | mode U            | mode K
//           v one step          v one step
//       outcome u           outcome k
//
//     it traps in U and not in K:                                        privileged
//     without a trap it changes the mode, a CSR, the timer or a
//     translation, or it stops the hart:                                 control-sensitive
//     without a trap its result differs in U and K, or depends on
//     what the CSRs hold:                                                behaviour-sensitive
//     without a trap its result depends on what others did before:       resource-dependent
//
// Source: Popek and Goldberg, "Formal requirements for virtualizable third generation
// architectures", CACM 17(7), 1974.
// Read next: hypervisor/vm.h.
#ifndef SIM_CLASSIFY_H
#define SIM_CLASSIFY_H

#include "isa/isa.h"

struct classified {
    // "addi"; "csrr* satp" for the six CSR instructions with that CSR; "csrr* others" for the
    // numbers that no CSR has.
    char name[24];
    u8 claimed;      // enum isa_class, from the tables
    bool traps_u;    // it trapped in U from every state
    bool traps_k;    // it trapped in K from every state
    bool privileged; // it trapped in U wherever it did not trap in K, and there was such a state
    bool control, behaviour;
    bool resource; // its result depends on what others did before: on time, on instret
    bool agrees;   // what was measured is what the tables claim
};

#define CLASSIFIED_MOST 160

// Fills rows (there is room for CLASSIFIED_MOST) and returns how many. Returns 0, with a message in
// error (at least 160 bytes), if no machine can be made. Counters are measured with scounteren = 0.
u32 classify(u32 profile, struct classified *rows, char *error, size_t error_size);

#endif
