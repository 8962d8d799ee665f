# x0 gets a value.
s/^    if (rd)$/    if (true)/
