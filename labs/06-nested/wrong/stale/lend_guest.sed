s/^    call(&l);/    u32 cause = l.cause;\n    call(\&l);\n    l.cause = cause;/
