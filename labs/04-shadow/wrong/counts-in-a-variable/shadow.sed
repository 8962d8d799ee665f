s/^bool shadow_fill/static u32 fills;\n&/; s/^    const struct shadow \*s = shadow_in_force(t);/    fills++;\n&/
