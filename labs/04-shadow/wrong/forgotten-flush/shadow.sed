/the address may be that of the trampoline/,/^}/s/^    hw_flush.*$//
