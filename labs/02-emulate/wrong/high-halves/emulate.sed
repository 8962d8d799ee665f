# The high halves of time and cycle are 0.
s/\*value = (u32)(now >> 32);/*value = 0;/
