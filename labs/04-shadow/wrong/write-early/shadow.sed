s/PTE_D | (walk->rights/PTE_D | PTE_W | (walk->rights/
