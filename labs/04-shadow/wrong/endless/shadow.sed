s/^    const struct shadow \*s = shadow_in_force(t);/&\n    while (s) ;/
