# sstatus has no MXR.
s/ | SSTATUS_MXR)/)/
