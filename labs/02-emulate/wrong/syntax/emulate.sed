# A semicolon is missing.
s/return BLOCK;/return BLOCK/
