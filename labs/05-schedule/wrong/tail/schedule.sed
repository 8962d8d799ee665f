s/^        put_first(t, gang);/        (void)put_first;\n        ready_append(t, gang);/
