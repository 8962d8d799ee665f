s/if (t->vmm->policy == POLICY_DROP_ALL)/if (t->vmm->policy <= POLICY_CACHED)/
