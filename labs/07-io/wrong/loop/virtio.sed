s/index >= v->queue_size || chain->count == v->queue_size/index >= v->queue_size/
s/^        struct descriptor d;/&\n        if (chain->count == VIRTIO_QUEUE_MAX)\n            chain->count = chain->readable = 0;/
