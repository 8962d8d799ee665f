-- A VMM in a VMM
-- The guest of lesson 1 once more, one level deeper.
lesson {
    15, "A VMM in a VMM", section = "16.5", minutes = 12, more = { "nested" },
    idea = "A nested VMM is a guest like any other: its privileged instructions trap too.",
    discussion = [[Play it: three students are L0, inner and tiny. Only the one who has the hart
                   may speak.]],
}

local source = [[
        .globl  _start
_start: li      a0, 7
write:  csrw    sscratch, a0
read:   csrr    a1, sscratch
done:   j       done
]]

machine {}
vmm {}
local inner = vmm { name = "inner" }
local tiny = guest { name = "tiny", source = source, ram = "64K", inside = inner }

run { event = "announce" }
run { event = "fill", guest = inner }
check("inner is a guest, and tiny is inside inner", inner:path() == "g1" and tiny:path() == "g1.1")
say {
    [[L0 is the VMM on the machine. Its guest, inner, is a VMM too: level 1. inner has started, and
      has a guest of its own, tiny: level 2. tiny is the guest of lesson 1.]],
    look = "1:tiny",
}
local first = ask {
    "tiny will execute csrw, and the hart will trap. Who gets the hart?",
    "L0", "inner", "tiny's own handler",
    right = 1,
    why = {
        "There is one hart and one real kernel mode, and they are L0's.",
        "inner believes that it is in K. Really it is in U, as tiny is.",
        "tiny's handler runs when a VMM reflects a trap to it.",
    },
}

local _, event = run { event = "exit", guest = tiny, cause = "illegal-insn" }
reveal(first, event.level == 2 and event.real_mode == "U" and 1)
local exits = counters().exit
say {
    [[L0 got the trap. But tiny is not L0's guest. So L0 reflects the trap to inner, as a VMM
      reflects a system call to a kernel. inner's handler will run.]],
    look = "3",
}
local work = ask {
    [[inner now does tiny's csrw and lets tiny go on. How many exits are there from tiny's trap to
      its next trap?]],
    "1", "2", "13",
    right = 3,
    why = {
        "That is so when L0 does the work. Here inner does it, and inner traps too.",
        "That would be tiny's trap and one more. But inner uses many CSRs.",
        "inner reads and writes CSRs and executes sret. Each of these is an exit to L0.",
    },
}

run { event = "emulate", guest = inner, count = 3, limit = 10000 }
check("inner's handler traps again and again", counters(inner).emulate >= 3)
say {
    [[inner's handler is at work. It reads what tiny did. Each csrr of inner is an exit to L0, and
      L0 emulates it.]],
    look = "3",
}
run { event = "emulate", guest = tiny }
check("inner's record of tiny has the 7", tiny:csr "sscratch" == 7)
say {
    [[inner has done tiny's csrw: the 7 is in inner's record of tiny, in inner's own memory. L0
      knows nothing of this record.]],
    look = "2:sscratch",
}

run { event = "exit", guest = tiny, cause = "illegal-insn" }
exits = counters().exit - exits
local choices = { [1] = 1, [2] = 2, [13] = 3 }
reveal(work, choices[exits])
say {
    ([[tiny went on and trapped at csrr. From trap to trap there were %d exits. In lesson 1 there
       was one. The story in pane 0 shows each change of level.]]):format(exits),
    look = "0",
}
run { pc = "done", guest = tiny }
check("tiny reads its 7", tiny:reg "a1" == 7)
try {
    "Put a second guest into inner.",
    "Pane 1 shows it beside tiny, as g1.2. L0's VMM still has one guest: inner.",
}
