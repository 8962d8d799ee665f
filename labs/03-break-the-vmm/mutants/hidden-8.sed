# hypervisor/shadow.c a fence of one address leaves the rest of a split superpage
s/spte_is_leaf(\*top) || (\*top & SPTE_SPLIT)/spte_is_leaf(*top)/
