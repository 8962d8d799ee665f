s/used_at(v) + 4 + 8 \* (v->used % v->queue_size)/used_at(v) + 4/
