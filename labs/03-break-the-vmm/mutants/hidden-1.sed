# hypervisor/emulate.c a program in U may execute what only K may
s/^    if (t->v->state.mode == MODE_U)$/    if (false)/
