# Claims: notes as a VMM would tell them, about VMs that are not its own, with records at wild addresses, from both
# modes. None of it may do anything at all.
        .text
        .globl  _start
_start: la      t0, trap
        csrw    stvec, t0
        li      s11, 0x6c078965
next:   la      s1, progress
        lw      t0, 0(s1)
        addi    t0, t0, 1
        sw      t0, 0(s1)
        la      s2, note
        li      s3, 7
        mv      t1, s2
1:      call    random
        sw      a0, 0(t1)
        addi    t1, t1, 4
        addi    s3, s3, -1
        bnez    s3, 1b
        call    random                          # a kind that exists
        andi    t0, a0, 31
        sb      t0, 0(s2)
        srli    t0, a0, 30
        sh      t0, 4(s2)                       # of a VM that may
        la      t0, record
        andi    t1, a0, 64
        beqz    t1, 1f
        sw      t0, 16(s2)                      # with a record that is not wild
1:      mv      a0, s2
        .word   0x75452013                      # the note
        call    random
        .word   0x75452013                      # and one at a wild address
        la      a0, end
        addi    a0, a0, -4
        .word   0x75452013                      # and one that runs over the end of its memory
        li      t0, 0x100                       # and all that from mode U
        csrc    sstatus, t0
        la      t0, user
        csrw    sepc, t0
        sret
user:   mv      a0, s2
        .word   0x75452013
        mv      a0, s11
        .word   0x75452013
        ecall

random: slli    t0, s11, 13
        xor     s11, s11, t0
        srli    t0, s11, 17
        xor     s11, s11, t0
        slli    t0, s11, 5
        xor     s11, s11, t0
        mv      a0, s11
        ret

        .align  2
trap:   la      t6, next
        csrw    sepc, t6
        li      t6, 0x100
        csrs    sstatus, t6
        sret

        .data
progress: .word 0
bad:    .word   0
note:   .space  32
record: .word   0x4d4d5654, 1, 0x80400000, 3   # looks like a VMM's: magic, version, first VM
        .space  4096
        .equ    end, 0x80800000
