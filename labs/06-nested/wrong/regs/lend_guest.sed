s/^    call(&l);/    u32 kept = guest->x[31];\n    call(\&l);\n    guest->x[31] = kept;/
