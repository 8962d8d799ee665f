# hello: a whole guest kernel on one screen. It prints, turns paging on, takes a timer interrupt, runs a user program,
# answers its system calls and switches the machine off. Firmware calls: a7 = extension, a6 = function. Registers s0
# and up belong to the kernel.
        .equ    SBI_PUTCHAR, 1
        .equ    SBI_TIME, 0x54494d45
        .equ    SBI_RESET, 0x53525354
        .equ    USER, 0x00400000                # where the user program sees itself

        .text
        .globl  _start
_start: la      t0, trap                        # a0 = hart, a1 = device tree: not needed here
        csrw    stvec, t0
        la      a0, said_boot
        call    print

# Paging: `root` maps the kernel's 4 MiB to themselves; its slot 1 gets a table whose first entry is the user's page.
        la      t0, user                        # an entry is page number << 10 and flags, so: address >> 2 | flags
        srli    t0, t0, 2
        ori     t0, t0, 0x5b                    # A U X R V: the hardware never sets A or D, so we do
        la      t1, leaf
        sw      t0, 0(t1)
        srli    t1, t1, 2
        ori     t1, t1, 0x01                    # V alone: a pointer to the next table
        la      t2, root
        sw      t1, 4(t2)
        srli    t2, t2, 12
        li      t0, 0x80000000                  # satp: mode Sv32, the root's page number
        or      t2, t2, t0
        csrw    satp, t2                        # from the very next fetch on, every address is virtual
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
        csrw    sie, t0                         # STIE: timer interrupts are welcome
1:      wfi                                     # until it is pending; it is not taken yet, so it cannot slip in
                                                # before wfi
        csrsi   sstatus, 2                      # SIE: taken here
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

# Every trap comes here. A timer interrupt only interrupts the wait above, which keeps nothing in the registers used
# here.
        .align  2
trap:   csrr    t0, scause
        bltz    t0, timer                       # the top bit says interrupt
        li      t1, 8                           # an ecall from mode U
        li      a1, 1                           # the reason if it is anything else: failure
        bne     t0, t1, off
        li      a1, 0
        beqz    a7, off                         # system call 0: power off
        la      a0, said_call                   # any other: say hello
        call    print
        csrr    t0, sepc
        addi    t0, t0, 4                       # go on after the ecall, not at it
        csrw    sepc, t0
        sret

timer:  li      s0, 1
        li      a0, -1                          # the next one: never
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

# The user program, alone in a page of its own, which is all of memory it can see.
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
root:   .space  4 * 0x201                       # slot 1 is filled in above; the rest maps nothing
        .word   0x201000cf                      # slot 0x201, 0x80400000: itself, D A X W R V, a superpage
        .space  4 * 0x1fe
leaf:   .space  4096
