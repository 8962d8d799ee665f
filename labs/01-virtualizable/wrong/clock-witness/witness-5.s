# The VMM's own work shows in what house9 counts: under the VMM fewer instructions are the guest's own.
        csrw   sscratch, zero
        csrw   sscratch, zero
        house9 t0, zero, zero
        addi   t0, t0, -2
        snez   a0, t0
        li     a7, 8
        ecall
