s/^    call(&l);/    for (;;)\n        call(\&l);/
