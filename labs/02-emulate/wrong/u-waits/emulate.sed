# wfi and sret of U are carried out.
/^    if (t->v->state.mode == MODE_U)$/,+1d
