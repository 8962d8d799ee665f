-- The shadow table
-- One guest, two page tables: the guest's own, and the one that the hart uses.
lesson {
    6, "The shadow table", section = "16.6.2", minutes = 10,
    idea = "The hart walks the VMM's shadow, never the guest's own page table.",
    discussion = [[Draw guest virtual addresses (gva), guest physical addresses (gpa) and machine
                   addresses (mpa). Which table connects which?]],
}

local source = [[
        .globl  _start
_start: la      t0, root
        srli    t0, t0, 12
        li      t1, 0x80000000      # bit 31: paging on
        or      t0, t0, t1
set:    csrw    satp, t0
after:  li      s1, 0x00400000
look:   lw      a0, 0(s1)
again:  lw      a1, 0(s1)
done:   j       done
        .data
        .align  12
root:   .word   0, 0x200000cf       # 00400000 -> 80000000
        .space  4 * 0x1fe
        .word   0x200000cf          # 80000000 -> itself
        .space  4 * 0x1ff
]]

machine {}
vmm {}
local pager = guest { name = "pager", source = source, ram = "64K" }

run { pc = "set" }
local function page_of(entry) return entry >> 10 << 12 end
check("paging is off for the guest, and on for the hart",
    pager:csr "satp" == 0 and pager:real "satp" >> 31 == 1)
check("the guest's memory is at another place of the machine",
    page_of(pager:shadow "set") ~= pager:symbol "set" >> 12 << 12)
say {
    [[The kernel has made a page table. Its entries have guest physical addresses. Only the VMM
      knows where this memory really is in the machine. Paging is off for the guest, but never for
      the hart: the real satp is not 0.]],
    look = "2:satp",
}
local walker = ask {
    "csrw satp turns paging on. Which page table does the hart walk afterwards?",
    "the guest's", "the VMM's", "none",
    right = 2,
    why = {
        "Then a guest could map all memory of the machine for itself.",
        "csrw traps. The VMM gives the hart a table of its own, the shadow, in the real satp.",
        "Then the guest would use machine addresses, and reach the memory of others.",
    },
}

run { event = "emulate" }
local walked = 2
if pager:real "satp" == pager:csr "satp" then walked = 1 end
if pager:real "satp" >> 31 == 0 then walked = 3 end
reveal(walker, walked)
check("the shadow is empty, the guest's table is not",
    not pager:shadow "after" and pager:entry "after" ~= nil)
check("the virtual satp names the guest's own table",
    pager:csr "satp" == 0x80000000 + (pager:symbol "root" >> 12))
say {
    [[The virtual satp names the guest's table. The real satp names the shadow: a page table that
      the VMM made. Pane 6 shows both. The shadow is still empty.]],
    look = "6",
}
local fetch = ask {
    "What does the fetch of the next instruction do?",
    "it works", "it faults, and the guest's handler runs", "it faults, and the guest never knows",
    right = 3,
    why = {
        "The hart walks the shadow, and the shadow is empty.",
        "Bare, this fetch does not fault. So the guest must not see a fault.",
        "The guest's table allows the fetch. The VMM copies the entry, and the guest tries again.",
    },
}

local _, event = run { event = { "fill", "reflect" }, limit = 100 }
local filled = event and event.kind == "fill"
check("the VMM copied the entry, with the machine's address",
    filled and page_of(pager:shadow "after") ~= page_of(pager:entry "after"))
local unseen = counters(pager).reflect == 0 and pager:csr "scause" == 0
reveal(fetch, filled and unseen and pager:pc() == pager:symbol "after" and 3)
say {
    [[This was a page fault that the guest must not see: a hidden fault. The VMM walked the guest's
      table and filled the shadow. The guest's handler did not run, and its scause is still 0.]],
    look = "6",
}

local fills = counters(pager).fill
run { pc = "again" }
check("the first load was one fill", counters(pager).fill == fills + 1)
say {
    [[The guest's first load was one more hidden fault, and it needed one more fill. The shadow
      grows page by page.]],
    look = "6",
}
local exits = counters(pager).exit
run { pc = "done" }
check("the second load was no exit", counters(pager).exit == exits)
check("both loads read the same word",
    pager:reg "a0" == pager:reg "a1" and pager:reg "a0" == pager:word "_start")
say {
    "The second load was no exit. The shadow has the entry now, and the load is as fast as bare.",
    look = "3",
}
try {
    "Put sfence.vma before the second load.",
    "It is an exit, and then code and data are filled once more.",
}
