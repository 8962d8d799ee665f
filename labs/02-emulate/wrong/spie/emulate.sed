# sret does not restore SIE from SPIE.
/^    if (before & SSTATUS_SPIE)$/,+1d
