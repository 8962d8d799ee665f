# isa/arch/csr.c sepc keeps its two low bits
s/PLAIN(sepc, ~3u)/PLAIN(sepc, ~0u)/
