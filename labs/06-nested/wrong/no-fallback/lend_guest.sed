s/return a0 == SBI_OK \&\& .*/return true;/
