s/^    if (v->seen == index)/    if (false)/
