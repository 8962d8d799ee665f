s/    if (p->position < PIO_WORDS)/    if (p->position < PIO_WORDS - 1)/
