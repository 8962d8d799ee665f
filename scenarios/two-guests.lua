-- Two guests, one processor
-- Two kite kernels share a single deprivileged hart. Each believes that it owns the machine: it sets up page tables, takes
-- timer interrupts and runs processes. Watch the hart change hands, and the VMM answer every trap.
machine { clock = "wall" }
vmm { policy = "cached", scheduler = "round-robin", quantum = 20000 }

local alice = guest { name = "alice", image = "kite", ram = "16M", append = "init=/bin/sh" }
local bob = guest { name = "bob", image = "kite", ram = "16M", append = "init=/bin/sh" }

-- Both boot, in turns.
for _, g in ipairs { alice, bob } do
    run { console = "kite: a small kernel", guest = g }
    mark(g:name() .. " prints its first line")
end
check("each guest has had the hart", counters(alice).schedule > 0 and counters(bob).schedule > 0)
