# Nobody wakes the guest for its timer.
s/return h->sie & IP_STIP ? h->stimecmp : NEVER;/return (void)h, NEVER;/
