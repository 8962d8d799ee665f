s/spte_is_leaf(\*top) || (\*top & SPTE_SPLIT)/spte_is_leaf(*top)/
