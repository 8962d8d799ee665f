# hypervisor/shadow.c a page is writable although its D bit is clear
s/PTE_D | (walk->rights/PTE_D | PTE_W | (walk->rights/
