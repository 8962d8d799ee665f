# Demand paging: a program in U writes to 1,024 pages one after the other. Each store faults; the kernel takes the next
# of 64 pages, writes the PTE, fences its address, goes back. Then by one ecall the program asks for all to be unmapped.
        la      sp, stack
        csrw    sscratch, sp
        la      t0, next
        la      t1, data
        sw      t1, (t0)
        la      t0, handler
        la      t1, user
        j       to_user
handle: li      t0, 8
        beq     a2, t0, unmap
        li      t0, 15
        bne     a2, t0, off
        srli    t0, a3, 22              # in the region that was promised?
        li      t1, 0xc0000000 >> 22
        bne     t0, t1, off
        la      t2, next                # a page
        lw      t3, (t2)
        li      t4, 4096
        add     t5, t3, t4
        la      t6, data + 262144
        bne     t5, t6, 1f
        la      t5, data
1:      sw      t5, (t2)
        srli    t3, t3, 2               # its PTE: V R W U A D
        ori     t3, t3, 0xd7
        slli    t0, a3, 10              # the entry of its page
        srli    t0, t0, 22
        slli    t0, t0, 2
        la      t1, leaves
        add     t1, t1, t0
        lw      t4, (t1)
        bnez    t4, off                 # it was mapped already
        sw      t3, (t1)
        sfence.vma a3, zero
        ret
unmap:  la      t1, leaves
        li      t2, 1024
2:      sw      zero, (t1)
        addi    t1, t1, 4
        addi    t2, t2, -1
        bnez    t2, 2b
        sfence.vma
        addi    a1, a1, 4
        sw      a1, 128(a0)
        ret
user:   li      t1, 4096
3:      li      t0, 0xc0000000
        li      t2, 1024
4:      sw      s0, (t0)
        add     t0, t0, t1
        addi    s0, s0, -1
        beqz    s0, 5f
        addi    t2, t2, -1
        bnez    t2, 4b
        ecall
        j       3b
5:      ebreak
        .data
next:   .word   0
        .text
