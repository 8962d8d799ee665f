# rd is set before it is known whether the write is legal.
/^    if (writes && !csr_write/i\    if (rd)\n        h->x[rd] = old;
