# sret leaves SPP as it was.
s/h->sstatus &= ~(SSTATUS_SPP | SSTATUS_SIE);/h->sstatus \&= ~SSTATUS_SIE;/
