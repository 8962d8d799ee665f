s/w->disk_write(w->context, p->target, p->data)/w->disk_write(w->context, p->sector, p->data)/
