-- Two VCPUs, one hart
-- A guest has two VCPUs, the machine has one hart. One VCPU waits for the other.
lesson {
    12, "Two VCPUs, one hart", section = "16.6.1", minutes = 10,
    idea = [[A VCPU that spins wastes the hart that the other VCPU needs. A VCPU that sleeps
             gives the hart away.]],
    discussion = "Why are spinlocks slow when a guest has more VCPUs than the machine has harts?",
}

local source = [[
        .globl  _start
_start: li      a7, 0x48534d        # firmware: start hart 1 at `second`
        li      a6, 0
        li      a0, 1
        lla     a1, second
        lla     s0, flag
start:  ecall
        csrwi   sie, 2              # a call of another hart may wake this one
wait:   addi    s1, s1, 1           # how often it looked
        PAUSE
        lw      t0, 0(s0)
        beqz    t0, wait
got:    j       got
second: lla     s0, flag
        li      t0, 1
set:    sw      t0, 0(s0)
        li      a7, 0x735049        # firmware: call hart 0
        li      a6, 0
        li      a0, 1
        li      a1, 0
        ecall
rest:   wfi
        j       rest
        .data
flag:   .word   0
]]

local function world(pause)
    machine { clock = "wall" }
    vmm {}
    return guest { name = "pair", source = (source:gsub("PAUSE", pause)), ram = "64K", vcpus = 2 }
end

local pair = world "nop"
run { pc = "start" }
say {
    [[This guest has two VCPUs. VCPU 0 asks the firmware, here the VMM, to start VCPU 1. Then it
      looks at a flag, again and again. VCPU 1 will set the flag at once.]],
    look = "1",
}
local spins = ask {
    "How often will VCPU 0 look before the flag is set?",
    "never", "about 250 times", "for ever",
    right = 2,
    why = {
        "There is one hart. VCPU 1 does not run while VCPU 0 looks.",
        "VCPU 1 runs when the round of VCPU 0 is over, and a round is 1,000 steps long.",
        "Each VCPU has its turn, also one that never stops.",
    },
}

run { pc = "set", vcpu = 1 }
local looks, ran = pair:reg("s1", 0), pair:retired(0)
reveal(spins, looks > 200 and looks < 300 and 2)
check("VCPU 0 ran a whole round", math.abs(ran - 1000) <= 1)
say {
    ([[VCPU 1 runs at last. VCPU 0 has looked %d times. A whole round of %s
       instructions was wasted.]]):format(looks, grouped(ran)),
    look = "5",
}
local sleeps = ask {
    [[Now VCPU 0 executes wfi (wait for interrupt) after each look. How often will it look before
      the flag is set?]],
    "once", "about 250 times", "never",
    right = 1,
    why = {
        "wfi traps. Now the VMM knows that VCPU 0 waits, and gives the hart to VCPU 1.",
        "That is spinning. A VCPU that sleeps does not look at all.",
        "It looks before it sleeps, and then the flag is not set yet.",
    },
}

pair = world "wfi"
run { pc = "set", vcpu = 1 }
local few = pair:reg("s1", 0)
local choices = { [1] = 1, [looks] = 2, [0] = 3 }
reveal(sleeps, choices[few])
check("VCPU 0 ran only a few instructions", pair:retired(0) < 20)
say {
    ([[VCPU 0 has looked once. wfi told the VMM what spinning does not tell: this VCPU waits. VCPU 0
       ran only %d instructions.]]):format(pair:retired(0)),
    look = "3",
}

run { pc = "got", vcpu = 0 }
check("VCPU 0 woke and saw the flag", pair:reg("t0", 0) == 1)
say {
    [[VCPU 1 called VCPU 0. The call is an ecall, so it is an exit, and the VMM woke VCPU 0. Now the
      flag is set.]],
    look = "3",
}
try {
    "Give the machine two harts.",
    "VCPU 0 still spins for a round: harts take rounds of 1,000 steps, too.",
}
