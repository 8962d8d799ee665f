# It never ends.
s/^        return BLOCK;/        for (;;)\n            clock_now(t);/
