-- Hidden and true faults
-- Three loads: one is filled, one needs nothing, one belongs to the guest.
lesson {
    7, "Hidden and true faults", section = "16.6.2", minutes = 10,
    idea = [[If the guest's own table forbids the access, the fault is true and is reflected.
             Else it is hidden.]],
    discussion = "Which bits of the guest's entry must the VMM look at, besides V?",
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
        li      s2, 0x00800000      # the table has no entry for it
one:    lw      a0, 0(s1)
two:    lw      a1, 0(s1)
three:  lw      a2, 0(s2)
done:   j       done
        .align  2
trap:   csrr    s3, stval
        csrr    t0, sepc
        addi    t0, t0, 4           # leave the load out
        csrw    sepc, t0
        sret
        .data
        .align  12
root:   .word   0, 0x200000cf       # 00400000 -> 80000000
        .space  4 * 0x1fe
        .word   0x200000cf          # 80000000 -> itself
        .space  4 * 0x1ff
]]

machine {}
vmm {}
local loads = guest { name = "loads", source = source, ram = "64K" }

run { pc = "one" }
check("the guest's table has A and lacks B",
    loads:entry(0x00400000) and not loads:entry(0x00800000))
check("the shadow lacks A", not loads:shadow(0x00400000))
say {
    [[Three loads follow: from page A, from page A again, and from page B. The guest's own table has
      an entry for A and none for B.]],
    look = "2",
}
local fates = ask {
    "What does the VMM do at each of the three loads?",
    "fill, fill, fill", "fill, nothing, reflect", "nothing, nothing, reflect",
    right = 2,
    why = {
        "A fill for B would give the guest a page that its own table does not have.",
        "The shadow lacks A, then it has A. B is missing in the guest's own table.",
        "That is the bare machine: its hart walks the guest's own table.",
    },
}

-- What the VMM did for the guest since the last call of this function.
local before = counters(loads)
local function done_since()
    local now = counters(loads)
    local fills, reflects = now.fill - before.fill, now.reflect - before.reflect
    before = now
    if fills == 1 and reflects == 0 then return "fill" end
    if fills == 0 and reflects == 1 then return "reflect" end
    if fills == 0 and reflects == 0 then return "nothing" end
    return fills .. " fills and " .. reflects .. " reflected faults"
end

run { pc = "two" }
local first = done_since()
check("load 1 was a hidden fault", first == "fill" and loads:shadow(0x00400000) ~= nil)
say {
    "Load 1 was a hidden fault. The guest's table allows it, but the shadow lacked the entry.",
    look = "3",
}
run { pc = "three" }
local second = done_since()
check("load 2 was no fault", second == "nothing")
say { "At load 2 nothing happened. The shadow has the entry.", look = "3" }
local address = ask {
    "If the next load goes to the guest's handler: which address will the handler read from stval?",
    "00800000", "a machine address", "0",
    right = 1,
    why = {
        "It is the address that the load used. The bare machine would say the same.",
        "Machine addresses would tell the guest where the VMM keeps its memory.",
        "A handler needs the address: it may want to bring the page into memory.",
    },
}

run { event = { "fill", "reflect" }, limit = 100 }
local third = done_since()
reveal(fates, first == "fill" and second == "nothing" and third == "reflect" and 2)
reveal(address, loads:csr "stval" == 0x00800000 and 1)
check("the guest's handler is next, and knows a load page fault",
    loads:pc() == loads:symbol "trap" and loads:csr "scause" == causes["load-page-fault"])
say {
    [[Load 3 was a true fault. The guest's own table says no. The VMM reflected the fault, and the
      guest's handler runs, as on the bare machine. Pane 6 shows why.]],
    look = "6",
}
run { pc = "done" }
check("the handler read the address of the load", loads:reg "s3" == 0x00800000)
local virtual = loads:state()
machine {}
local bare = guest { name = "loads", source = source, ram = "64K" }
run { pc = "done" }
check("bare, load 3 is the only trap", counters().trap == 1 and bare:reg "s3" == 0x00800000)
check("the end is the same, bare and on the VMM", function() return same(bare:state(), virtual) end)
say {
    [[On the bare machine there is one trap, with the same stval and the same end. So the guest
      cannot know about the hidden fault.]],
    look = "3",
}
try {
    "Take R from the entry of page A: write 0x200000c9 for the first 0x200000cf.",
    "The guest's own table then forbids all three loads, and each of them is a true fault.",
}
