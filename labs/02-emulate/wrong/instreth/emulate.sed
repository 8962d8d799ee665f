# The high half of instret is the low half.
s/\*value = (u32)(h->retired >> 32);/*value = (u32)h->retired;/
