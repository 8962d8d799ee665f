s/virtio_block_request(chain, w, &written) &&/(virtio_block_request(chain, w, \&written), true) \&\&/
