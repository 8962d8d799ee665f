s/^bool shadow_fill/static u32 fills;\n&/; s/^    const struct shadow \*s = hw_page_to_read(.*/    fills++;\n&/
