s/^            pay(t->vmm, &vm->gangs\[i\]);/            if (vm->gangs[i].state == GANG_READY)\n    &/
