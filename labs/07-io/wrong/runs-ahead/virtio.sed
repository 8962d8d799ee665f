s/^ *(u16)(index - v->seen) > v->queue_size) {/        false) {/
