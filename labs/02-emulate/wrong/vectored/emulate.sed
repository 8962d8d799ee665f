# An exception goes through the table of a vectored stvec.
s/if ((h->stvec & 1) && (cause & CAUSE_INTERRUPT))/if (h->stvec \& 1)/
