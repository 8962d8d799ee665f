s/if (index >= v->queue_size || /if (/
