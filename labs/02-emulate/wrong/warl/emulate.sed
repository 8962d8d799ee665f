# sepc keeps its bit 1.
s/h->sepc = value & ~3u;/h->sepc = value \& ~1u;/
