        lod  a0, (a1)
