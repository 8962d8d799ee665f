s/^        end_wait(t, gang);$/&\n        gang_at(t, gang)->credit -= (i32)t->vmm->quantum * 100; \/\/ for the time that it slept/
