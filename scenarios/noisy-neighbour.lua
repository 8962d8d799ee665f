-- A noisy neighbour
-- One guest does nothing but trap, as fast as it can. The other computes. The VMM must keep them apart in memory and
-- in time: the good guest ends in exactly the state that it reaches alone, and gets its half of the hart's time.
local good_program = [[
        .globl  _start
_start: li      s0, 200000
        la      s1, cell
work:   lw      t0, 0(s1)
        add     t0, t0, s0
        sw      t0, 0(s1)
        addi    s0, s0, -1
        bnez    s0, work
        li      a7, 8
        ecall
        .data
cell:   .word   0
]]
local noisy_program = [[
        .globl  _start
_start: la      t0, trap
        csrw    stvec, t0
        li      s2, 0x90000000      # beyond its RAM: the neighbour's, if the VMM were careless
noise:  sw      zero, 0(s2)         # an access fault of its own
        .word   0                   # no instruction
        csrw    satp, zero
        sfence.vma
        addi    s2, s2, 4
        j       noise
trap:   csrr    t0, sepc
        addi    t0, t0, 4
        csrw    sepc, t0
        sret
]]

-- A world of the good guest, alone or beside the noisy one, until the good one is off.
local function world(clock, beside)
    machine { clock = clock }
    vmm { quantum = 10000 }
    local good = guest { name = "good", source = good_program, ram = "8M" }
    local noisy = beside and guest { name = "noisy", source = noisy_program, ram = "8M" }
    run { off = good, limit = 50000000 }
    return good, noisy
end

-- The virtual clock promises equal states.
local peaceful = world("virtual"):state()
local good = world("virtual", true)
check("the good guest ends as if it were alone", 10, function() return same(peaceful, good:state()) end)

-- The wall clock counts cycles, so it shows who used the hart.
world "wall"
local alone = cycles()
local good, noisy = world("wall", true)
local together = cycles()
local n, g = counters(noisy), counters(good)
print(string.format("good: %d instructions, %d exits; noisy: %d instructions, %d exits",
    g.retired, g.exit, n.retired, n.exit))
print(string.format("good needs %.2f times as long as alone", together / alone))
check("and had its half of the hart's time", function()
    local share = alone / together
    return share > 0.45, string.format("%.0f%%", 100 * share)
end)
check("the noisy one still runs", noisy:status() ~= "STUCK" and n.exit > 1000)
