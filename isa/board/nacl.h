// The shared memory of the SBI extension NACL, "nested acceleration". A VMM that is itself a guest
// with the hypervisor extension (L1) pays an exit for each of its accesses to h* and vs* registers.
// The VMM below it (L0) may offer this extension. Then L1 reads those registers in a piece of
// memory that both know, writes down there what it wants, and asks for all of it in one call:
//
//     offset   what                        who writes it
//     0x0000   SRET context: word i is xi  L1, for SYNC_SRET
//     0x0200   autoswap context            L1 and L0: flags, and a value for hstatus
//     0x0800   120 HFENCE entries          L1 sets PENDING, L0 clears it
//     0x0f80   dirty bitmap, 1,024 bits    L1 sets the bit of a register that it has written
//     0x1000   CSR space, 1,024 words      L0 keeps them up to date; L1 writes, and sets the bit
//     0x2000   end
//
//     HFENCE entry   word 0   PENDING 31, type 27:24, order 22:16, VMID 15:9, ASID 8:0
//                    word 1   number of the first page; a page has 2^(12 + order) bytes
//                    word 2   0
//                    word 3   how many pages
//
// Source: RISC-V SBI Specification 2.0, chapter 15, for XLEN = 32. The VMM's side is
// hypervisor/nacl.h. A machine with the extension in hardware does not offer the calls.
// Read next: isa/board/firmware.h.
#ifndef ISA_BOARD_NACL_H
#define ISA_BOARD_NACL_H

#include "isa/types.h"

// What a VMM may offer (FID 0). All numbers from NACL_FEATURES on are reserved.
enum nacl_feature {
    NACL_SYNC_CSR,
    NACL_SYNC_HFENCE,
    NACL_SYNC_SRET,
    NACL_AUTOSWAP_CSR,
    NACL_FEATURES
};

#define NACL_SIZE 0x2000u
#define NACL_ALL 0xffffffffu // in place of the number of a register or of an entry: every one

// Indices of words in the scratch space, which is the first page.
#define NACL_SWAP_FLAGS (0x200u / 4)
#define NACL_SWAP_HSTATUS (0x204u / 4)
#define NACL_HFENCE (0x800u / 4)
#define NACL_DIRTY (0xf80u / 4)

#define NACL_SWAPS_HSTATUS 1u // the flag of the autoswap context

// The index of a register of the extension, in the CSR space and in the dirty bitmap.
#define NACL_INDEX(csr) (((csr)&0xc00u) >> 2 | ((csr)&0xffu))
#define NACL_CSR(index) (((index)&0x300u) << 2 | 0x200u | ((index)&0xffu))
#define NACL_DIRTY_WORDS 32u

#define NACL_HFENCES 120u
#define NACL_HFENCE_WORDS 4u
#define NACL_PENDING 0x80000000u
#define NACL_TYPE(config) ((config) >> 24 & 15)
#define NACL_ORDER(config) ((config) >> 16 & 0x7f)
#define NACL_VMID(config) ((config) >> 9 & 0x7f)
#define NACL_ASID(config) ((config)&0x1ff)

// The type of an entry. Its bits have these meanings, and GVMA, of a range in every VMID, is 0.
enum nacl_hfence {
    NACL_HFENCE_ALL = 1,   // every address, not a range
    NACL_HFENCE_NAMED = 2, // in the VMID (GVMA) or in the ASID (VVMA) alone
    NACL_HFENCE_VVMA = 4,  // the first stage, in the VMID. Otherwise it is the second stage
    NACL_HFENCE_TYPES = 8
};

#endif
