s/what == PIO_READ \&\& w->disk_read(w->context, p->target, p->data)/what == PIO_READ/
