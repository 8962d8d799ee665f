-- A system call
-- A trap can belong to the guest's kernel. The VMM then reflects it to that kernel.
lesson {
    3, "A system call", section = "16.4.1", minutes = 10, more = { "first-trap" },
    idea = [[A trap that belongs to the guest's kernel is reflected to it, and the kernel's
             handler traps again.]],
    discussion = "How could the hardware make a system call on a VMM cheaper?",
}

local source = [[
        .globl  _start
_start: la      t0, trap
        csrw    stvec, t0           # the kernel's handler
        la      t0, user
        csrw    sepc, t0
        sret                        # down to mode U
user:   addi    s0, s0, 1
call:   ecall                       # the system call
        j       user
        .align  2
trap:   csrr    t0, sepc
        addi    t0, t0, 4           # go on after the ecall
        csrw    sepc, t0
back:   sret
]]

machine {}
vmm {}
local unix = guest { name = "unix", source = source, ram = "64K" }

run { pc = "call" }
check("the program is in virtual U", unix:mode() == "U")
say {
    [[A program of the guest calls its kernel. The program is in virtual U. Its kernel is in virtual
      K. Both are in real U, and only the VMM knows which of them runs.]],
    look = "2",
}
local receiver = ask {
    "ecall traps. Who gets this trap from the hart?",
    "the guest's kernel", "the VMM", "the firmware",
    right = 2,
    why = {
        "The guest's stvec is only a number in its VCPU. The hart does not know it.",
        "The hart knows one handler, and this is the VMM's.",
        "The firmware answers calls from real K. The hart is in real U.",
    },
}

local exits, start = counters(unix).exit, cycles()
local _, event = run { event = "reflect" }
reveal(receiver, event.level == 0 and 2)
check("the handler runs in virtual K, with the cause and the place of the ecall",
    unix:mode() == "K" and unix:csr "scause" == causes["ecall-u"]
        and unix:csr "sepc" == unix:symbol "call")
check("the VMM reflected the trap", counters(unix).reflect == 1)
say {
    [[The call is not for the VMM. So the VMM does what the hardware does: it sets sepc, scause and
      the mode in the VCPU, and pc becomes the guest's stvec. This is to reflect a trap.]],
    look = "2:scause",
}
local price = ask {
    "How many exits does the whole call cost, until the program goes on?",
    "1", "2", "4",
    right = 3,
    why = {
        "1 is the number of traps of the bare machine.",
        "The handler uses CSRs, and each use of a CSR traps.",
        "Four instructions trap: ecall, csrr, csrw and sret.",
    },
}

run { pc = "back" }
check("the handler's two CSR instructions were exits", counters(unix).exit - exits == 3)
say {
    [[The handler read sepc and wrote sepc. Each was an exit. The next instruction, sret, is one
      more.]],
    look = "3",
}

run { pc = "call" }
exits = counters(unix).exit - exits
local cost = cycles() - start
local choices = { [1] = 1, [2] = 2, [4] = 3 }
reveal(price, choices[exits])
say {
    ("The program goes on. One system call took %d exits and %s cycles."):format(exits, grouped(cost)),
    look = "4",
}

machine {}
guest { name = "unix", source = source, ram = "64K" }
run { pc = "call" }
start = cycles()
run { pc = "call" }
local bare_cost = cycles() - start
check("bare, the call is one trap", counters().trap == 1)
check("a system call costs more than 20 times as much on the VMM", cost > 20 * bare_cost)
say {
    ([[On the bare machine the same call is one trap, and it takes %d cycles in all. The kernel's
       own handler got the trap from the hart.]]):format(bare_cost),
    look = "3",
}
try {
    "Begin the handler with csrr t1, scause, as real handlers do.",
    "One system call costs one exit more.",
}
