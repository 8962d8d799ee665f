# It counts in a variable.
/^enum verdict emulate_privileged/i\static u32 count;\nu32 hart_count(void) { return ++count; }\n
