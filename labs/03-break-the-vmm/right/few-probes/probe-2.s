/* Comments count nothing;
   nor does this one.
*/
// A comment of this kind, it's line 1; it counts nothing.
// A comment of this kind, it's line 2; it counts nothing.
// A comment of this kind, it's line 3; it counts nothing.
// A comment of this kind, it's line 4; it counts nothing.
// A comment of this kind, it's line 5; it counts nothing.
// A comment of this kind, it's line 6; it counts nothing.
// A comment of this kind, it's line 7; it counts nothing.
// A comment of this kind, it's line 8; it counts nothing.
// A comment of this kind, it's line 9; it counts nothing.
// A comment of this kind, it's line 10; it counts nothing.
// A comment of this kind, it's line 11; it counts nothing.
// A comment of this kind, it's line 12; it counts nothing.
// A comment of this kind, it's line 13; it counts nothing.
// A comment of this kind, it's line 14; it counts nothing.
// A comment of this kind, it's line 15; it counts nothing.
// A comment of this kind, it's line 16; it counts nothing.
// A comment of this kind, it's line 17; it counts nothing.
// A comment of this kind, it's line 18; it counts nothing.
// A comment of this kind, it's line 19; it counts nothing.
// A comment of this kind, it's line 20; it counts nothing.
// A comment of this kind, it's line 21; it counts nothing.
// A comment of this kind, it's line 22; it counts nothing.
// A comment of this kind, it's line 23; it counts nothing.
// A comment of this kind, it's line 24; it counts nothing.
// A comment of this kind, it's line 25; it counts nothing.
// A comment of this kind, it's line 26; it counts nothing.
// A comment of this kind, it's line 27; it counts nothing.
// A comment of this kind, it's line 28; it counts nothing.
// A comment of this kind, it's line 29; it counts nothing.
// A comment of this kind, it's line 30; it counts nothing.
// A comment of this kind, it's line 31; it counts nothing.
// A comment of this kind, it's line 32; it counts nothing.
// A comment of this kind, it's line 33; it counts nothing.
// A comment of this kind, it's line 34; it counts nothing.
// A comment of this kind, it's line 35; it counts nothing.
# All that a guest sees without leaving K and without paging.
        csrw  stimecmp, zero
        csrw  stimecmph, zero
        csrr  a0, sip                   # a timer interrupt is pending
        li    t6, -1
        csrw  sepc, t6
        csrr  a1, sepc                  # its low bits are 0
        csrw  scounteren, t6
        csrr  a2, scounteren            # it has three bits
        la    t5, end
        csrw  stvec, t5
        ori   t5, t5, 2
        csrw  stvec, t5
        csrr  a3, stvec                 # mode 2 is not taken
        csrr  a4, instret
        la    t4, end
        csrw  sepc, t4
        li    t4, 0x122
        csrs  sstatus, t4
        sret
        .align 2
end:    csrr  a5, sstatus               # sret has cleared SPP
        li    a7, 8
        ecall
