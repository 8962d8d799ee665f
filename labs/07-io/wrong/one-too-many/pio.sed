s/p->target >= w->disk_sectors/p->target > w->disk_sectors/
