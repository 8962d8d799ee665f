s/(u16)(index - v->seen) > v->queue_size/index - v->seen > (i32)v->queue_size/; s/while (v->seen != index)/while (v->seen < index)/
