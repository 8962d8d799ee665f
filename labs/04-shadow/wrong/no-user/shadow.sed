s/PTE_V | PTE_U | PTE_A | PTE_D | (walk/PTE_V | PTE_A | PTE_D | (walk/
