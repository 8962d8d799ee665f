-- Two guests, one processor
-- Two kite kernels share a single deprivileged hart. Each believes that it owns the machine: it sets up page tables, takes
-- timer interrupts and runs processes. Watch the hart change hands, and the VMM answer every trap.
machine { clock = "wall" }
vmm { policy = "cached", scheduler = "round-robin", quantum = 20000 }

local alice = guest { name = "alice", image = "kite", ram = "16M", append = "selftest" }
local bob = guest { name = "bob", image = "kite", ram = "16M", append = "selftest" }

-- Both boot, in turns.
for _, g in ipairs { alice, bob } do
    run { console = "kite: a small kernel", guest = g }
    mark(g:name() .. " prints its first line")
end

-- Then each tests itself: forks, pipes, page faults, copy-on-write, preemption. Neither knows of the other.
for _, g in ipairs { alice, bob } do
    run { off = g, limit = 400e6 // 1 }
    check(g:name() .. " passed its own tests", g:status() == "OFF" and g:console():find("all passed") ~= nil)
end
check("the guests took turns", counters(alice).schedule > 10 and counters(bob).schedule > 10)
