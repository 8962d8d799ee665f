# U may read every counter.
s/return h->scounteren >> (number & 31) & 1;/return true;/
