s/\.limit = limit}/.limit = limit + 1}/
