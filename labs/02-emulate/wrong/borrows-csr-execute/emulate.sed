# It defines a function that is not asked for.
$a\bool csr_execute(struct hart_state *h, u32 word, u64 now, bool *written)\n{\n    return *written = csr_read(h, word >> 20, now, \&h->x[word >> 7 \& 31]);\n}
