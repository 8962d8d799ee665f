# hypervisor/emulate.c sret leaves SPP as it was
s/^        trap_return(&t->v->state);/        u32 spp = t->v->state.sstatus \& SSTATUS_SPP;\n&\n        t->v->state.sstatus |= spp;/
