-- The VCPU
-- Two guests share one hart. Each has a record in which its own hart lives on.
lesson {
    2, "The VCPU", section = "16.4", minutes = 8,
    idea = "A VCPU runs nothing: it is the record of a hart, as its guest believes it to be.",
    discussion = [[Compare a VCPU with the process control block of a kernel: what is alike, what
                   is not?]],
}

local program = [[
        .globl  _start
_start: li      s0, NUMBER
write:  csrw    sscratch, s0
spin:   li      s1, 6000
1:      addi    s1, s1, -1
        bnez    s1, 1b
read:   csrr    a0, sscratch
        beq     a0, s0, spin
wrong:  j       wrong               # a number that is not ours
]]

machine { clock = "wall" }
vmm { quantum = 10000 }
local alice = guest { name = "alice", source = (program:gsub("NUMBER", "0xa11")), ram = "64K" }
local bob = guest { name = "bob", source = (program:gsub("NUMBER", "0xb0b")), ram = "64K" }

run { pc = "write", guest = alice }
check("alice runs, bob is ready", alice:status() == "RUN" and bob:status() == "RDY")
say {
    [[Two guests share one hart: alice runs, bob waits for his turn. Both keep a number in sscratch.
      The machine has one sscratch.]],
    look = "1",
}
local number = ask {
    "alice writes a11. Then bob writes b0b. What will alice read?",
    "b0b", "a11", "0",
    right = 2,
    why = {
        "bob's csrw trapped. It never wrote the real register, and not alice's record.",
        "Each csrw went to the VCPU of its writer. Each guest reads its own VCPU.",
        "A VCPU stays in the VMM's memory when another guest has the hart.",
    },
}

run { event = "emulate", guest = bob }
check("bob has the hart", bob:on_hart() and bob:real "s1" == bob:reg "s1")
check("alice waits, and each VCPU has its own number",
    alice:status() == "RDY" and alice:csr "sscratch" == 0xa11 and bob:csr "sscratch" == 0xb0b)
say {
    [[bob has written his number. alice waits. Her hart lives on as a record in memory: her VCPU.
      Choose alice in pane 1, then look at sscratch in pane 2.]],
    look = "2:sscratch",
}
local counter, holder = alice:reg "s1", alice:on_hart()
local place = ask {
    "alice was counting down in s1. Where is her s1 now?",
    "in the hart", "in her VCPU", "lost",
    right = 2,
    why = {
        "The hart has bob's registers now: he runs.",
        "The VMM saved her general registers when her turn ended, and loads them for the next.",
        "A VMM that lost a register would not give each guest a machine of its own.",
    },
}

run { event = "schedule", guest = alice }
local found = 3
if holder then found = 1 elseif alice:reg "s1" == counter then found = 2 end
reveal(place, found)
local cost = events { event = "schedule", last = 1 }[1].cost
say {
    ([[The VMM schedules alice. It saved bob's registers and loaded alice's, and this costs %d
       cycles. It is a switch: a context switch of a whole machine.]]):format(cost),
    look = "3",
}

run { pc = "read", guest = alice }
step()
reveal(number, alice:reg "a0" == 0xa11 and 2)
say { "alice reads a11. bob's number is in bob's VCPU.", look = "2:a0" }

run(100000)
local switches = counters().schedule
check("after many more turns no guest has read a wrong number",
    switches >= 10 and alice:pc() ~= alice:symbol "wrong" and bob:pc() ~= bob:symbol "wrong")
say {
    ("After %d switches no guest has read the number of the other."):format(switches),
    look = "5",
}
try { "Set quantum = 2000.", "There are more switches, and each guest still reads its own number." }
