s/if (!(p->status & PIO_TRANSFER) || p->command != PIO_WRITE)/if (!(p->status \& PIO_TRANSFER) \&\& p->command != PIO_WRITE)/
