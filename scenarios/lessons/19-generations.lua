-- Generations
-- Guest mode needs few exits. How fast it is depends on what an exit costs, and on who walks the page tables.
lesson {
    19, "Generations", section = "16.4.3", minutes = 10,
    idea = [[In guest mode there are few exits. How fast a guest is depends on what each exit
             costs, and on what still is an exit.]],
    discussion = "How could the guest's kernel need fewer exits, if it knows that it is a guest?",
}

-- The whole life of a kernel that tests itself. The presets of costs are published figures; they say what a switch
-- costs beside the trap itself (scenarios/world/costs.def).
local function life(profile, technique, costs)
    machine { profile = profile }
    if technique then vmm { technique = technique, costs = costs } end
    local kite = guest { name = "kite", image = "kite", ram = "16M", append = "selftest" }
    run { off = kite }
    local counted = counters(kite)
    return { cycles = cycles(), exits = counted.exit, causes = counted.exit_causes, state = kite:state() }
end

local bare = life "t32"
local bare_with_h = life "h" -- the device tree says that the hart has guest mode
local function times(run) return ("%.1f"):format(run.cycles / bare.cycles) end

local software = life("t32", "trap")
check("by trap-and-emulate the kernel ends as bare", function() return same(bare.state, software.state) end)
say {
    ([[A kernel ran from its start to its end, bare and by trap-and-emulate. Trap-and-emulate made %s
       exits, and it took %s times as many cycles as bare.]]):format(grouped(software.exits), times(software)),
    look = "4",
}
local first = ask {
    [[In 2005 the first processor with guest mode, a Pentium 4, needed 6,120 cycles for an exit.
      What is faster?]],
    "trap-and-emulate", "guest mode",
    right = 1,
    why = {
        "One exit from guest mode costs more than 18 exits by trap-and-emulate.",
        "There are fewer exits. But each one costs more than 18 exits by trap-and-emulate.",
    },
}

local p4 = life("h", "assist-shadow", "p4")
reveal(first, p4.cycles > software.cycles and 1 or 2)
check("in guest mode the kernel ends as bare", function() return same(bare.state, p4.state) end)
check("guest mode makes less than half of the exits", p4.exits * 2 < software.exits)
say {
    ([[There were %s exits, and the run took %s times as many cycles as bare. System calls are not exits. But
       this processor has no second stage, so the VMM keeps shadows, as in lesson 6.]]):format(
        grouped(p4.exits), times(p4)),
    look = "4",
}
local second = ask {
    "One year later, on a Core, an exit took 2,643 cycles. What is faster now?",
    "trap-and-emulate", "guest mode",
    right = 1,
    why = {
        "An exit now costs less than half as much. It is still too much.",
        "An exit from guest mode still costs as much as 8 exits by trap-and-emulate.",
    },
}

local core = life("h", "assist-shadow", "core")
reveal(second, core.cycles > software.cycles and 1 or 2)
check("the exits are the same, whatever they cost", p4.exits == core.exits)
say {
    ([[The run took %s times as many cycles as bare. The first generations were slower than
       software.]]):format(times(core)),
    look = "4",
}
local third = ask {
    [[In 2009 a Nehalem had a second stage, as in lesson 18. An exit took 2,000 cycles. What is
      faster now?]],
    "trap-and-emulate", "guest mode",
    right = 2,
    why = {
        "An exit costs less, and page faults and writes of satp are not exits now.",
        "The hart walks the guest's own page table, so page faults and writes of satp are not exits now.",
    },
}

local nehalem = life("h", "assist", "nehalem")
reveal(third, nehalem.cycles > software.cycles and 1 or 2)
check("with two stages the kernel ends as bare", function() return same(bare_with_h.state, nehalem.state) end)
local shadow_nehalem = life("h", "assist-shadow", "nehalem")
check("cheaper exits alone would not have been enough", shadow_nehalem.cycles > software.cycles)
say {
    ([[There were %s exits, and the run took %s times as many cycles as bare. With shadows it takes %s times
       as many, at the same cost of an exit. The second stage made guest mode fast.]]):format(
        grouped(nehalem.exits), times(nehalem), times(shadow_nehalem)),
    look = "4",
}
local left = ask {
    "Most of these exits are of one kind. Which one?",
    "system calls", "accesses to devices", "the timer",
    right = 2,
    why = {
        "They are delegated to the guest's kernel.",
        "For each letter the kernel looks at the UART, and then stores to it: two exits.",
        "In guest mode the timer of the guest is in the hart, and its interrupt is delegated.",
    },
}

local devices = (nehalem.causes["guest-load-page-fault"] or 0) + (nehalem.causes["guest-store-page-fault"] or 0)
reveal(left, devices * 2 > nehalem.exits and 2 or 1)
say {
    ([[%s of %s exits are accesses to devices. Newer processors make an exit cheaper. Other devices
       make exits rare.]]):format(grouped(devices), grouped(nehalem.exits)),
    look = "4",
}
try {
    "Take append = \"traps ecall 3000\" in place of selftest, in the function life.",
    "Then guest mode wins on the Pentium 4, too: the program makes system calls, and little else.",
}
