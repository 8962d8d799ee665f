-- Keep or forget
-- A kernel switches between two processes. What does the VMM keep of their shadows?
lesson {
    8, "Keep or forget", section = "16.6.2", minutes = 8, more = { "hidden-faults" },
    idea = "A shadow is a cache. The policy says what is kept, and so how often the VMM must fill.",
    discussion = [[What is the price of keeping shadows? Think of memory, and of a guest that
                   changes its tables.]],
}

local source = [[
        .globl  _start
_start: la      s1, rootA
        srli    s1, s1, 12
        la      s2, rootB
        srli    s2, s2, 12
        li      t1, 0x80000000      # paging on, ASID 0
        or      s1, s1, t1
        li      t1, 0x80400000      # paging on, ASID 1
        or      s2, s2, t1
        li      s3, 0x00400000
        li      s0, 10
loop:   csrw    satp, s1            # process A
        lw      a0, 0(s3)
toB:    csrw    satp, s2            # process B
        lw      a1, 0(s3)
        addi    s0, s0, -1
        bnez    s0, loop
done:   j       done
        .data
        .align  12
rootA:  .word   0, 0x200000cf       # 00400000 -> 80000000
        .space  4 * 0x1fe
        .word   0x200000cf          # 80000000 -> itself
        .space  4 * 0x1ff
rootB:  .word   0, 0x200000cf
        .space  4 * 0x1fe
        .word   0x200000cf
        .space  4 * 0x1ff
]]

local function world(policy)
    machine {}
    vmm { policy = policy }
    return guest { name = "procs", source = source, ram = "64K" }
end

local switcher = world "drop-all"
run { pc = "toB" }
local first_half = counters(switcher).fill
run { pc = "loop" }
check("each switch cost two fills", first_half == 3 and counters(switcher).fill == 5)
say {
    [[A kernel switches between two processes, A and B. The first round is over. Each switch was one
      exit for satp and two fills: one for code, one for data.]],
    look = "3",
}
local again = ask {
    "The policy is drop-all. Now the kernel goes back to A. Does the load of A fault again?",
    "yes", "no",
    right = 1,
    why = {
        "drop-all throws every shadow away at each write of satp.",
        "The VMM would have to keep the shadow of A. This is the policy cached.",
    },
}

local fills = counters(switcher).fill
run { pc = "toB" }
reveal(again, counters(switcher).fill > fills and 1 or 2)
check("A needed the same two fills as the first time", counters(switcher).fill == fills + 2)
say {
    [[Yes. There were two fills again, as if A had never run. A hart whose TLB has no ASIDs forgets
      in the same way.]],
    look = "3",
}

run { pc = "done" }
local dropped = {
    fills = counters(switcher).fill, exits = counters(switcher).exit, cycles = cycles(),
    state = switcher:state(),
}
say {
    ("Ten rounds took %d fills, %d exits and %s cycles."):format(
        dropped.fills, dropped.exits, grouped(dropped.cycles)),
    look = "4",
}
local few = ask {
    "Now the policy is cached. How many fills do the same ten rounds need?",
    "5", "21", tostring(dropped.fills),
    right = 1,
    why = {
        [[One is for the first page, two are for code and data of A, and two for code and data of
          B.]],
        "That is one fill for each switch. But the VMM throws nothing away.",
        "That is the number of drop-all.",
    },
}

switcher = world "cached"
run { pc = "done" }
local kept = counters(switcher)
reveal(few, kept.fill == 5 and 1)
check("with both policies the kernel switched twenty times", kept.emulate == 20)
check("the end is the same with both policies",
    function() return same(dropped.state, switcher:state()) end)
check("keeping shadows saved cycles", cycles() < dropped.cycles)
say {
    ([[Now ten rounds took %d fills, %d exits and %s cycles. The
       guest ends in the same state.]]):format(
        kept.fill, kept.exit, grouped(cycles())),
    look = "4",
}
try {
    "Give B the ASID of A: write 0x80000000 for 0x80400000.",
    "The fills stay the same: this VMM goes by the whole satp, not by the ASID.",
}
