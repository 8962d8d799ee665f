# hello: a whole guest kernel on one screen. It prints, turns paging on, takes a timer interrupt, runs a user program,
# answers its system calls and switches the machine off. In a firmware call a7 is the extension and a6 the function.
# The registers from s0 on belong to the kernel. Read next: ../kite/README.md.
        .equ    SBI_PUTCHAR, 1
        .equ    SBI_TIME, 0x54494d45
        .equ    SBI_RESET, 0x53525354
        .equ    USER, 0x00400000                # the address at which the user program runs

        .text
        .globl  _start
_start: la      t0, trap                        # a0 = hart, a1 = device tree; neither is needed
        csrw    stvec, t0
        la      a0, said_boot
        call    print

# Paging: `root` maps the kernel's 4 MiB to the same addresses. Its slot 1 gets a table whose first entry is the user's
# page. An entry is the page number << 10 plus flags, and that is the address >> 2 plus flags.
        la      t0, user
        srli    t0, t0, 2
        ori     t0, t0, 0x5b                    # A U X R V; the kernel sets A, since hardware does not
        la      t1, leaf
        sw      t0, 0(t1)
        srli    t1, t1, 2
        ori     t1, t1, 0x01                    # V alone: a pointer to the next table
        la      t2, root
        sw      t1, 4(t2)
        srli    t2, t2, 12
        li      t0, 0x80000000                  # satp: mode Sv32, the root's page number
        or      t2, t2, t0
        csrw    satp, t2                        # from the very next fetch on every address is virtual
        sfence.vma
        la      a0, said_paging
        call    print

# A timer interrupt, 1,000 ticks from now.
        rdtimeh a1
        rdtime  a0
        li      t0, 1000
        add     a0, a0, t0
        sltu    t0, a0, t0                      # the carry
        add     a1, a1, t0
        call    set_timer
        li      s0, 0
        li      t0, 0x20
        csrw    sie, t0                         # STIE: timer interrupts are enabled
# While SIE is 0 an interrupt that is pending ends `wfi` and is not taken. So it cannot come between the test of s0 and
# the `wfi`, where it would be missed.
1:      wfi
        csrsi   sstatus, 2                      # SIE: here it is taken
        csrci   sstatus, 2
        beqz    s0, 1b                          # the handler sets s0
        la      a0, said_timer
        call    print

# Down to mode U: sret goes to sepc, in the mode that sstatus.SPP says.
        li      t0, USER
        csrw    sepc, t0
        li      t0, 0x100
        csrc    sstatus, t0
        sret

# Every trap comes here. A timer interrupt can only interrupt the loop above, which needs none of the registers that are
# used here. So nothing has to be saved.
        .align  2
trap:   csrr    t0, scause
        bltz    t0, timer                       # the top bit says interrupt
        li      t1, 8                           # an ecall from mode U
        li      a1, 1                           # any other trap: power off with reason 1, a failure
        bne     t0, t1, off
        li      a1, 0
        beqz    a7, off                         # system call 0: power off
        la      a0, said_call                   # any other: say hello
        call    print
        csrr    t0, sepc
        addi    t0, t0, 4                       # continue behind the ecall
        csrw    sepc, t0
        sret

timer:  li      s0, 1
        li      a0, -1                          # the next one comes never
        li      a1, -1
        call    set_timer
        sret

set_timer:                                      # a0, a1: the low and high word of the time
        li      a7, SBI_TIME
        li      a6, 0
        ecall
        ret

print:  mv      t0, a0                          # a0: a text that ends in 0
        li      a7, SBI_PUTCHAR
1:      lbu     a0, 0(t0)
        beqz    a0, 2f
        ecall
        addi    t0, t0, 1
        j       1b
2:      ret

off:    li      a7, SBI_RESET                   # a1: 0 all is well, 1 failure
        li      a6, 0
        li      a0, 0
        ecall

# The user program. This page is all the memory that it can see.
        .align  12
user:   li      a7, 1
        ecall
        li      a7, 0
        ecall

        .data
said_boot:   .asciz "hello: booted in kernel mode\n"
said_paging: .asciz "hello: paging is on\n"
said_timer:  .asciz "hello: a timer interrupt came\n"
said_call:   .asciz "hello: a system call from user mode\n"

        .align  12
root:   .space  4 * 0x201                       # slot 1 is set above; the other slots map nothing
        .word   0x201000cf                      # slot 0x201: 0x80400000, a superpage, D A X W R V
        .space  4 * 0x1fe
leaf:   .space  4096
