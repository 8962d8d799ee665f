s/if (chain->count != chain->readable)/if (false)/
