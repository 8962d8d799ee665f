# hypervisor/shadow.c the shadow is not chosen again when SUM changes
s/u32 status = s->mode | (s->sstatus & (SSTATUS_SUM | SSTATUS_MXR));/u32 status = s->mode;/
