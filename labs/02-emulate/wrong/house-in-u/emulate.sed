# The instructions of the house are carried out for U, too.
/^    if (t->v->state.mode == MODE_U)$/i\    if (isa_decode(word, ISA_HOUSE).insn >= INSN_house0)\n        return emulate_house(t, isa_decode(word, ISA_HOUSE));
