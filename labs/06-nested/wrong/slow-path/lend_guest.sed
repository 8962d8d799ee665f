s/return a0 == SBI_OK \&\& .*/return a0 != SBI_OK \&\& a0 == SBI_OK;/
