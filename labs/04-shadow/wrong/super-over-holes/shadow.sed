s/return !around \&\& ram->super;/return !around;/
