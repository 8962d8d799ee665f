-- Two guests, one processor
-- Two kernels share one hart. Each believes that it owns the machine: it makes page tables, takes timer interrupts and
-- runs processes. Watch how the VMM gives the hart to one and to the other, and how it answers each trap. The script
-- types at both shells.
machine { clock = "wall" }
vmm { policy = "cached", scheduler = "round-robin", quantum = 20000 }

local alice = guest { name = "alice", image = "kite", ram = "16M" }
local bob = guest { name = "bob", image = "kite", ram = "16M" }

-- Types a line at each of them, and lets the machine run until both show their prompt again.
local function type_at(to_alice, to_bob)
    alice:type(to_alice .. "\n")
    bob:type(to_bob .. "\n")
    run { console = "$ ", guest = alice }
    run { console = "$ ", guest = bob }
end

run { event = "exit", guest = alice }
mark "alice's first exit"
run { event = "exit", guest = bob }
mark "bob's first exit: the hart has changed hands"
for _, g in ipairs { alice, bob } do
    run { console = "$ ", guest = g }
    mark(g:name() .. " has a shell")
end

-- Once if nobody watches; again and again in the dashboard.
local rounds = 0
repeat
    type_at("primes", "pipetest")
    type_at("cat /etc/motd", "cowtest")
    rounds = rounds + 1
    mark("round " .. rounds .. " is done")
until not interactive

check("alice counted primes", alice:console():find "59" ~= nil)
check("bob's pipes work", bob:console():find "PASS" and not bob:console():find "FAIL")

alice:type "halt\n"
bob:type "halt\n"
run()
for _, g in ipairs { alice, bob } do
    local c = counters(g)
    check(g:name() .. " is off", g:status() == "OFF")
    check(g:name() .. " ran nearly all of its instructions itself", c.direct > 0.9 * c.retired)
    print(string.format("%-5s %9d instructions, %.1f%% directly on the hart, %d exits, %d turns", g:name(), c.retired,
        100 * c.direct / c.retired, c.exit, c.schedule))
end
