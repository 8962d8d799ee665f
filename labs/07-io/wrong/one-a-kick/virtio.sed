s/^    while (v->seen != index)/    if (v->seen != index)/
