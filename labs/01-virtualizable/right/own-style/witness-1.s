        .text
start:  call   look
        mv     a0, s0
        li     a7, 8
        ecall
# s0 <- 1 if what house1 writes does not arrive in sscratch
look:   li     s2, 0x1234
        csrrw  zero, sscratch, s2
        lui    s3, 0xabcde
        house1 s4, s3, s3
        csrrs  s5, sscratch, zero
        beq    s5, s2, lost
        li     s0, 0
        ret
lost:   li     s0, 1
        ret
