# trap_enter never says that nothing has changed.
/^    return h->pc != before.pc/,/;$/c\    return true;
