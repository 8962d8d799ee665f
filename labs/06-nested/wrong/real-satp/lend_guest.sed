s/\.satp = satp,/.satp = CSR_GET(satp),/; s/^    call(&l);/    (void)satp;\n&/
