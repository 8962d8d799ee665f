# wfi sleeps on if interrupts are closed by sstatus.SIE.
s/return (hart_pending(h, now) & h->sie) != 0;/return hart_interrupt(h, now) != 0;/
