s/^        make_way(t, page);/        (void)make_way;/
