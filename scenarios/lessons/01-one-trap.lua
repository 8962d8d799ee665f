-- One trap
-- A privileged instruction traps. The VMM does its work on a record, and the guest never knows.
lesson {
    1, "One trap", section = "16.4.1", minutes = 5,
    idea = [[Trap-and-emulate: a privileged instruction traps, the VMM does its work on a record,
             and the guest never knows.]],
    discussion = "What must be true of every dangerous instruction, so that this works?",
}

local source = [[
        .globl  _start
_start: li      a0, 7
write:  csrw    sscratch, a0        # for mode K only
        li      a0, 0
read:   csrr    a0, sscratch        # for mode K only
done:   j       done
]]

machine {}
vmm {}
local tiny = guest { name = "tiny", source = source, ram = "64K" }

run { pc = "write" }
local first = events { event = "exit" }[1]
check("the guest believes that it is in K", tiny:mode() == "K")
check("the hart was in U, and the first trap brought a page",
    first.real_mode == "U" and counters(tiny).exit == 1 and counters(tiny).fill == 1)
say {
    [[This guest is a kernel. It believes that it is in kernel mode: virtual K. The hart is really
      in user mode: real U. (Trap 1 brought the first page of the program. Lesson 6 explains it.)]],
    look = "2",
}
local trap = ask {
    "The next instruction, csrw, is for mode K only. What will the hart do?",
    "write 7 into its sscratch", "trap", "skip the instruction",
    right = 2,
    why = {
        "Then any guest could change the real machine.",
        [[In real U the instruction is illegal. The hart stops the guest and enters the VMM: this is
          an exit.]],
        "An instruction that neither works nor traps is a hole. Lesson 5 has such a machine.",
    },
}

local _, event = run { event = "exit", cause = "illegal-insn", phase = "trapped", limit = 10 }
reveal(trap, event and event.real_mode == "U" and event.pc == tiny:symbol "write" and 2)
check("the VMM has done nothing yet", tiny:csr "sscratch" == 0 and counters(tiny).emulate == 0)
say {
    [[This is the moment after the trap. The VMM has the hart, and the guest waits at csrw. The
      VMM has done nothing yet: the virtual sscratch is still 0.]],
    look = "2:sscratch",
}
run { event = "emulate", limit = 10 }
check("the VCPU has the 7, the hart has not",
    tiny:csr "sscratch" == 7 and tiny:real "sscratch" ~= 7)
say {
    [[The VMM emulated csrw: it did the work on the VCPU, a record in the VMM's memory. The virtual
      sscratch is 7. The real sscratch has another value, and its owner is the VMM.]],
    look = "2:sscratch",
}

run { pc = "read" }
check("a0 is 0 before the guest reads", tiny:reg "a0" == 0)
say {
    "The guest went on after csrw. It has put 0 into a0, and now it reads sscratch back.",
    look = "2:a0",
}
local answer = ask {
    "What will a0 be after csrr a0, sscratch?",
    "0", "7", "the VMM stops the guest",
    right = 2,
    why = {
        "The real sscratch has the VMM's own number, and nobody asks the real one.",
        "csrr traps too, and the VMM answers from the VCPU.",
        "A trap is nothing bad. The guest does what every kernel does.",
    },
}

run { pc = "done" }
reveal(answer, tiny:reg "a0" == 7 and 2)
local numbers = counters(tiny)
check("csrw and csrr were emulated, nothing else was", numbers.emulate == 2)
check("two instructions ran on the hart", numbers.direct == 2)
say {
    [[a0 is 7. Two instructions trapped, and two ran on the hart directly. The guest noticed
      nothing.]],
    look = "4",
}
local virtual = tiny:state()

machine {}
local bare = guest { name = "tiny", source = source, ram = "64K" }
run { pc = "done" }
check("bare, nothing traps", counters().trap == 0)
check("the end is the same, bare and on the VMM", function() return same(bare:state(), virtual) end)
say {
    "The same program bare, that is with no VMM below it: no trap, and the same end, bit for bit.",
    look = "3",
}
try {
    "Write satp in place of sscratch everywhere.",
    "The same instructions trap, and the end is the same.",
}
