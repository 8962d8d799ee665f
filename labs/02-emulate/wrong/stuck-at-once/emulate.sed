# trap_enter always says that nothing has changed.
/^    return h->pc != before.pc/,/;$/c\    return false;
