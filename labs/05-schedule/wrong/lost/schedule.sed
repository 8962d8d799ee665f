s/^    bool wakes = /    if (gang_at(t, gang)->state == GANG_WAITING \&\& gang_at(t, gang)->wake == FOREVER)\n        return;\n&/
