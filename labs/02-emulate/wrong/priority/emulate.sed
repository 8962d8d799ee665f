# The timer comes before software interrupts.
s/^    if (ready & IP_SSIP)$/    if ((ready \& IP_SSIP) \&\& !(ready \& IP_STIP))/
