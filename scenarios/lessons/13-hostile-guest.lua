-- A hostile guest
-- A guest tries to break out, and then to take all the time. It can hurt only itself.
lesson {
    13, "A hostile guest", section = "16.3", minutes = 10, more = { "noisy-neighbour" },
    idea = "The VMM keeps control of memory and of time. A hostile guest can hurt only itself.",
    discussion = "What else could bad try? Change its program and attack.",
}

local good_source = [[
        .globl  _start
_start: li      s0, 20000
        lla     s1, cell
work:   lw      t0, 0(s1)
        add     t0, t0, s0
        sw      t0, 0(s1)
        addi    s0, s0, -1
        bnez    s0, work
        li      a7, 8               # firmware: power off
        ecall
        .data
cell:   .word   0
]]

local bad_source = [[
        .globl  _start
_start: la      t0, trap
        csrw    stvec, t0
        li      s2, 0x80010000      # just beyond its 64K of memory
out:    sw      s2, 0(s2)
        la      t0, root
        srli    t0, t0, 12
        li      t1, 0x80000000
        or      t0, t0, t1
        csrw    satp, t0
        li      s3, 0x00410000      # the same place, through its own table
sneak:  sw      s2, 0(s3)
flood:  csrw    sscratch, zero      # a trap, for ever
        j       flood
        .align  2
trap:   csrr    s4, scause
        csrr    t2, sepc
        addi    t2, t2, 4
        csrw    sepc, t2
        sret
        .data
        .align  12
root:   .word   0, 0x200000cf       # 00400000 -> 80000000
        .space  4 * 0x1fe
        .word   0x200000cf          # 80000000 -> itself
        .space  4 * 0x1ff
]]

local counting = [[
        .globl  _start
_start: addi    s0, s0, 1
        j       _start
]]

-- A world with good, and before good in the list the neighbour that `source` says (none: nil).
local function world(clock, source)
    machine { clock = clock }
    vmm { quantum = 10000 }
    local bad = source and guest { name = "bad", source = source, ram = "64K" }
    return guest { name = "good", source = good_source, ram = "64K" }, bad
end

-- The cycles that good needs to its end, and the state in which it ends.
local function life_beside(clock, source)
    local good = world(clock, source)
    run { off = good, limit = 10000000 }
    return cycles(), good:state()
end

local alone = life_beside("wall", nil)
local beside_counting = life_beside("wall", counting)
local _, state_alone = life_beside("virtual", nil)
local _, state_beside_bad = life_beside("virtual", bad_source)

local good, bad = world("wall", bad_source)
run { pc = "out", guest = bad }
check("the store goes just beyond bad's memory", bad:reg "s2" == 0x80010000)
say {
    [[bad is about to store to the first address after its own memory. In the machine this may be a
      page of somebody else.]],
    look = "2",
}
local escape = ask {
    "What will happen?",
    "the store works", "the VMM stops bad", "bad's handler gets an access fault",
    right = 3,
    why = {
        "Then bad could change its neighbours. The VMM maps only bad's own memory.",
        "A kernel may test where its memory ends. Bare it would live on, so it must live on here.",
        "Bare, no memory would be there, and the hardware reports that. The VMM does the same.",
    },
}

run { event = "reflect", guest = bad, limit = 100000 }
local access_fault = causes["store-access-fault"]
reveal(escape, bad:csr "scause" == access_fault and 3)
say {
    [[There was an access fault, and bad's own handler got it. Now bad makes a page table that maps
      the same place at another address, and tries again.]],
    look = "2:scause",
}
run { event = "reflect", guest = bad, limit = 100000 }
check("through its own page table bad gets the same fault",
    bad:csr "scause" == access_fault and bad:csr "stval" == 0x00410000)
check("bad's table has the place, the shadow has not",
    bad:entry(0x00410000) and not bad:shadow(0x00410000))
check("good has taken no trap", good:csr "scause" == 0)
say {
    [[It was the same fault. The VMM checks each entry of bad's table against the memory that bad
      has, before it fills.]],
    look = "3",
}
local slow = ask {
    "From now on bad only traps, for ever. How much longer does good need than alone?",
    "2 times as long", "100 times as long", "for ever",
    right = 1,
    why = {
        "The cycles of an exit count as bad's own. When its quantum is used up, good is next.",
        "bad causes many exits, but each uses up bad's own quantum.",
        "The quantum belongs to the VMM: its timer ends bad's turn.",
    },
}

run { off = good, limit = 10000000 }
local longer = cycles() / alone
reveal(slow, longer > 1.8 and longer < 2.2 and 1)
check("beside a guest that only counts good needs as long",
    math.abs(cycles() - beside_counting) < 0.1 * beside_counting)
check("good ends in the same state as alone",
    function() return same(state_alone, state_beside_bad) end)
say {
    ([[good needed %.1f times as long as alone, as it does beside a guest that only counts. It ended
       in the same state.]]):format(longer),
    look = "5",
}
try {
    "Run all worlds on the virtual clock, where exits take no time.",
    "bad's exits then take nearly all cycles of the machine. Why?",
}
