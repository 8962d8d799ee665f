        hous5  a0, zero, a2
