-- Views
-- Extra to lesson 7: one page table of a guest needs several shadows.
lesson {
    17, "Views", section = "16.6.2", minutes = 8,
    idea = [[What a guest's table allows depends on the mode. The hart is always in U, so each
             mode needs a shadow.]],
    discussion = "MXR changes what a table allows, too. How many views can there be?",
}

local source = [[
        .globl  _start
_start: la      t0, trap
        csrw    stvec, t0
        la      t0, root
        srli    t0, t0, 12
        li      t1, 0x80000000
        or      t0, t0, t1
        csrw    satp, t0
        li      s1, 0x00400000
        li      s2, 1 << 18         # SUM: a kernel may touch user pages
one:    lw      a0, 0(s1)
        csrs    sstatus, s2
two:    lw      a1, 0(s1)
        csrc    sstatus, s2
three:  lw      a2, 0(s1)
        csrs    sstatus, s2
four:   lw      a3, 0(s1)
done:   j       done
        .align  2
trap:   csrr    t0, sepc
        addi    t0, t0, 4           # leave the load out
        csrw    sepc, t0
        sret
        .data
        .align  12
root:   .word   0, 0x200000df       # 00400000 -> 80000000, a user page
        .space  4 * 0x1fe
        .word   0x200000cf          # 80000000 -> itself, for the kernel
        .space  4 * 0x1ff
]]

machine {}
vmm {}
local views = guest { name = "views", source = source, ram = "64K" }

run { pc = "two" }
check("without SUM the load was a true fault", counters(views).reflect == 1)
say {
    [[A kernel may touch a page of a user program only while the bit SUM in sstatus is 1. It was 0:
      the first load was a true fault. Now SUM is 1.]],
    look = "3",
}
local fills, with_sum = counters(views).fill, views:real "satp"
run { pc = "three" }
check("another view is another shadow", views:real "satp" ~= with_sum)
check("with SUM the load worked, after fills for code and data",
    counters(views).reflect == 1 and counters(views).fill == fills + 2)
say {
    [[With SUM the load worked. It needed two fills, for code and data: with SUM the hart uses
      another shadow. Now SUM is 0 again.]],
    look = "3",
}
local without = ask {
    "The page has been filled, and SUM is 0. What does the load do now?",
    "it works", "it is a true fault", "it is a hidden fault",
    right = 2,
    why = {
        "Then a kernel could touch a user page that it must not touch.",
        "The shadow for K without SUM has no such entry, and the guest's table says no.",
        "The guest's table does not allow this load, so there is nothing to fill.",
    },
}

local before = counters(views)
run { event = { "fill", "reflect" }, limit = 100 }
local after = counters(views)
local fate = 1
if after.reflect > before.reflect then fate = 2 elseif after.fill > before.fill then fate = 3 end
reveal(without, fate)
say {
    [[It was a true fault. The hart is in real U all the time, and it does not know the guest's SUM.
      So the VMM keeps one shadow for each view: U, K, and K with SUM.]],
    look = "2:satp",
}
run { pc = "four" }
check("the view is the old one again", views:real "satp" == with_sum)
local kept = ask {
    "SUM is 1 once more. How many exits does the last load cost?",
    "none", "one, and a fill", "one, and a reflect",
    right = 1,
    why = {
        "The shadow for K with SUM is still there, with its entries.",
        "The VMM fills when an entry is missing. It kept the shadow with this entry.",
        "With SUM the guest's table allows the load.",
    },
}

before = counters(views)
run { pc = "done" }
after = counters(views)
fate = 3
if after.exit == before.exit then fate = 1 elseif after.fill > before.fill then fate = 2 end
reveal(kept, fate)
say { [[There was no exit. A write of sstatus chooses a view, and it throws nothing
        away.]], look = "3" }
try {
    "Set the policy to drop-all.",
    "The numbers stay the same: drop-all forgets at satp, not at sstatus.",
}
