# It looks at pc alone to see if a trap has changed anything.
/^    return h->pc != before.pc/,/;$/c\    return h->pc != before.pc;
