-- A VMM in a VMM
-- Guest g1 is the VMM itself, compiled for T32, and it has two guests of its own. Guest g2 is an ordinary kernel.
-- When g1.1 traps, the hart enters L0, and L0 reflects the trap to g1. Each privileged instruction of g1's handler
-- then traps to L0 again. Follow one exit through all levels.
machine { clock = "virtual" }
vmm { policy = "cached", quantum = 40000 }
local inner = vmm { name = "inner", policy = "drop-all", scheduler = "weighted", quantum = 5000 }
local alice = guest { name = "alice", image = "kite", ram = "16M", append = "init=/bin/hello", inside = inner,
    weight = 200 }
local bob = guest { name = "bob", image = "hello", ram = "8M", inside = inner }
local carol = guest { name = "carol", image = "kite", ram = "16M", append = "init=/bin/hello" }

run { event = "announce" }
mark "the inner VMM is up"
local _, exit = run { event = "exit", guest = alice }
mark("alice's first exit: " .. exit.cause)
local _, told = run { event = { "emulate", "reflect", "fill" }, guest = alice }
mark("the inner VMM has dealt with it: " .. told.kind)
check("the outcome is told at level 1, the exit was from level 2", exit.level == 2 and told.level == 1)

run { off = true }
for _, g in ipairs { alice, bob, carol, inner } do
    check(g:name() .. " switched itself off", function() return g:status() == "OFF", g:status() end)
end
check("each console is its own", function()
    return alice:console():find("hello from process") and not alice:console():find("system call from")
        and bob:console():find("a system call from user mode") ~= nil
end)
local m = multiplication()
print(string.format("%s: %d exits; each took %.1f exits of the inner VMM to L0", m.vm, m.exits,
    m.vmms[1].exits / m.exits))
