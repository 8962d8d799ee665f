/^bool pio_load/i\
static u32 checksum(u32 seed)\
{\
    volatile u8 copy[10000000];\
    for (u32 i = 0; i < sizeof copy; i += 4096)\
        copy[i] = (u8)(seed + i);\
    return copy[seed];\
}\

s/^        \*value = data_load(p);/        *value = data_load(p) + 0 * checksum(p->sector \& 0xff);/
