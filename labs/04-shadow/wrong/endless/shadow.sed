s/^    const struct shadow \*s = hw_page_to_read(.*/&\n    while (s) ;/
