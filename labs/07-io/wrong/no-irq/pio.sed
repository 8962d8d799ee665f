s/return (p->control & 1) && (p->status & PIO_INTERRUPT);/return p->control > 1;/
