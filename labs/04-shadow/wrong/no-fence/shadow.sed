s/bool is_paged = space->used \&\& space->satp;/bool is_paged = false;/
