# STIP can be written.
s/h->sip = value & IP_SSIP;/h->sip = value \& (IP_SSIP | IP_STIP);/;s/u32 pending = h->sip & IP_SSIP;/u32 pending = h->sip;/
