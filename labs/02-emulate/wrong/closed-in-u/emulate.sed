# With SIE = 0 U is closed to interrupts, too.
s/if (h->mode == MODE_K && !(h->sstatus & SSTATUS_SIE))/if (!(h->sstatus \& SSTATUS_SIE))/
