// The instruction tables and the decoder: every row stands for what its pattern says, and for nothing else.
// Read next: tests/test_asm.c, tests/test_llvm_mc.sh.
#include "isa/isa.h"
#include "tests/suite.h"

#include <string.h>

static void each_row_decodes_to_itself(void)
{
    for (int i = INSN_ILLEGAL + 1; i < INSN_COUNT; i++) {
        const struct insn_info *info = &isa_insns[i];
        CU_ASSERT_EQUAL(isa_decode(info->match, true).insn, i);
        CU_ASSERT_EQUAL(isa_decode(info->match | ~info->mask, true).insn, i);
        CU_ASSERT_EQUAL(isa_find(info->mnemonic), (enum insn)i);
    }
    CU_ASSERT_EQUAL(isa_find("lr_w"), INSN_lr_w);
    CU_ASSERT_EQUAL(isa_find("add."), INSN_ILLEGAL);
}

static void holes_exist_only_in_their_profile(void)
{
    for (int i = INSN_ILLEGAL + 1; i < INSN_COUNT; i++) {
        bool hole = isa_insns[i].profile == ISA_HOLES;
        CU_ASSERT_EQUAL(isa_decode(isa_insns[i].match, false).insn == INSN_ILLEGAL, hole);
        CU_ASSERT_EQUAL((isa_insns[i].match & 0x7f) == 0x0b, hole);
    }
}

const struct suite suite_isa = {"isa", (const struct test[]){
                                           {"each row decodes to itself", each_row_decodes_to_itself},
                                           {"holes exist only in their profile", holes_exist_only_in_their_profile},
                                           {0},
                                       }};
