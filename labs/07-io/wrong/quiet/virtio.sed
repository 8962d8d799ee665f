s/!(flags & AVAIL_NO_INTERRUPT)/(flags | 1)/
