-- A machine with holes
-- Some machines have instructions that show the real machine and do not trap.
lesson {
    5, "A machine with holes", section = "16.4.2", minutes = 8, more = { "holes" },
    idea = [[Trap-and-emulate needs a machine on which every sensitive instruction traps in user
             mode.]],
    discussion = [[trapeze isa --classify --profile holes finds four such instructions. What
                   could a VMM do about them?]],
}

local source = [[
        .globl  _start
_start: csrr    s1, sstatus
hole:   rdmode  s0                  # 1 in K, 0 in U; it never traps
        li      t0, 2               # SIE: interrupts on
quiet:  popst   t0                  # K: sstatus = t0; U: nothing at all
        csrr    s2, sstatus
done:   j       done
]]

machine { profile = "holes" }
vmm {}
local curious = guest { name = "probe", source = source, ram = "64K" }

run { pc = "hole" }
check("csrr sstatus was an exit", counters(curious).emulate == 1)
say {
    [[csrr trapped, so the VMM could answer from the VCPU. The next instruction, rdmode, reads the
      mode of the hart. It never traps.]],
    look = "3",
}
local mode = ask {
    "On the bare machine rdmode gives this kernel 1, for K. What does it give here?",
    "1", "0", "it traps",
    right = 2,
    why = {
        "Only the VMM could say 1, and nobody asks the VMM.",
        "The hart is in real U, and it says so. Nobody asks the VMM.",
        "rdmode is sensitive, but it is not privileged: no mode makes it trap.",
    },
}

local exits, choices = counters(curious).exit, { [1] = 1, [0] = 2 }
run { pc = "quiet" }
local trapped = counters(curious).exit > exits
reveal(mode, trapped and 3 or choices[curious:reg "s0"])
say {
    "s0 is 0. The kernel believed that it was in K. Now it can know that it is not.",
    look = "2:s0",
}
local status = ask {
    "popst writes sstatus, and so turns interrupts on, in K. What will sstatus be here?",
    "2: on", "0: off", "it traps",
    right = 2,
    why = {
        "popst does this only in K, and the hart is in U.",
        "In U popst does nothing and does not trap, as POPF on old x86 machines.",
        "If popst trapped, the VMM could do its work, and all would be well.",
    },
}

choices = { [2] = 1, [0] = 2 }
run { pc = "done" }
trapped = counters(curious).emulate > 2
reveal(status, trapped and 3 or choices[curious:reg "s2"])
check("the VMM saw the two csrr and nothing else", counters(curious).emulate == 2)
say {
    "Interrupts are still off, and the kernel does not know. It would wait for ever for a timer.",
    look = "2:sstatus",
}
local virtual = curious:state()

machine { profile = "holes" }
local bare = guest { name = "probe", source = source, ram = "64K" }
run { pc = "done" }
check("bare, s0 is 1 and s2 is 2", bare:reg "s0" == 1 and bare:reg "s2" == 2)
check("the end is not the same, bare and on the VMM", not same(bare:state(), virtual))
say {
    [[On the bare machine s0 is 1 and s2 is 2. The program ends in another state than on the VMM.
      Equivalence is broken.]],
    look = "2:s0",
}
try {
    "Write csrr s0, sstatus for rdmode s0, and csrw sstatus, t0 for popst t0.",
    "Both trap, and the ends agree.",
}
