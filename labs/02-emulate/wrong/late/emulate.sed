# The timer interrupt is pending a tick late.
s/now >= h->stimecmp/now > h->stimecmp/
