-- A thousand guests
-- A thousand kernels boot, print a word, set a timer that rings much later, and sleep in wfi. Beside them one guest
-- computes. A guest that sleeps costs the others no time, and the VMM does not look at it. fair-shares shows guests
-- that do not sleep.
local sleeper = [[
        .globl  _start
_start: li      a7, 1               # the firmware's putchar
        li      a0, 'z'
        ecall
        li      t0, 32              # STIE: a timer interrupt is welcome,
        csrw    sie, t0
        li      t0, 0x40000000      # a billion ticks from now
        csrw    stimecmp, t0
        csrw    stimecmph, zero
1:      wfi
        j       1b
]]
local busy = [[
        .globl  _start
_start: addi    s0, s0, 1
        j       _start
]]
machine { clock = "wall" }
vmm { scheduler = "weighted" }
local worker = guest { name = "worker", source = busy, ram = "64K" }
local sleepers = {}
for i = 1, 1000 do
    sleepers[i] = guest { name = "sleeper-" .. i, source = sleeper, ram = "64K" }
end

run { event = "block", guest = "sleeper-1000", limit = 10000000 }
local asleep = 0
for _, g in ipairs(sleepers) do
    if g:status() == "WFI" and g:console() == "z" then asleep = asleep + 1 end
end
check("all thousand sleep", asleep == 1000)

run(100000)
mark "the worker is alone"
local exits, ran = counters().exit, counters(worker).direct
run(10000000)
check("nobody is heard of", counters().exit == exits)
check("the worker has the hart to itself", counters(worker).direct - ran == 10000000)
