-- Generations
-- Guest mode needs few exits. Whether it is fast depends on what an exit costs.
lesson {
    19, "Generations", section = "16.4.3", minutes = 8,
    idea = [[In guest mode there are few exits. How fast a guest is depends on what each exit
             costs.]],
    discussion = "How could the guest's kernel need fewer exits, if it knows that it is a guest?",
}

-- The whole life of a kernel that tests itself. The presets of costs are published figures; they say what a switch
-- costs beside the trap itself (scenarios/world/costs.def).
local function life(technique, costs)
    machine { profile = technique == "assist" and "h" or "t32" } -- a kernel sees whether its hart has guest mode
    if technique then vmm { technique = technique, costs = costs } end
    local kite = guest { name = "kite", image = "kite", ram = "16M", append = "selftest" }
    run { off = kite }
    local counted = counters(kite)
    return { cycles = cycles(), exits = counted.exit, causes = counted.exit_causes, state = kite:state() }
end

local bare = life()
local function times(run) return ("%.1f"):format(run.cycles / bare.cycles) end

local software = life "trap"
check("by trap-and-emulate the kernel ends as bare", function() return same(bare.state, software.state) end)
say {
    ([[A kernel ran from its start to its end, bare and by trap-and-emulate. Trap-and-emulate made %d
       exits, and it took %s times as many cycles as bare.]]):format(software.exits, times(software)),
    look = "4",
}

local assist = life "assist"
check("in guest mode the kernel ends as bare", function() return same(bare.state, assist.state) end)
check("guest mode makes less than a fifth of the exits", assist.exits * 5 < software.exits)
say {
    ([[The same kernel in guest mode: %d exits. If a switch is as cheap as any other trap, guest mode
       takes %s times as many cycles as bare.]]):format(assist.exits, times(assist)),
    look = "4",
}
local first = ask {
    [[In 2005 the first processor with guest mode, a Pentium 4, needed 6,120 cycles for an exit.
      What is faster?]],
    "trap-and-emulate", "guest mode",
    right = 1,
    why = {
        "One exit from guest mode costs more than 18 exits by trap-and-emulate.",
        "It makes few exits. But each one costs more than 18 exits by trap-and-emulate.",
    },
}

local p4 = life("assist", "p4")
reveal(first, p4.cycles > software.cycles and 1 or 2)
check("the exits are the same, whatever they cost", p4.exits == assist.exits)
say {
    ([[With these costs guest mode took %s times as many cycles as bare, and trap-and-emulate %s times.
       The first generation was slower than software.]]):format(times(p4), times(software)),
    look = "4",
}
local second = ask {
    "One year later, on a Core, an exit took 2,643 cycles. What is faster now?",
    "trap-and-emulate", "guest mode",
    right = 2,
    why = {
        "There are few exits, and now each one costs less than half as much.",
        "Few exits of 2,643 cycles cost less than many exits of 330 cycles.",
    },
}

local core = life("assist", "core")
reveal(second, core.cycles > software.cycles and 1 or 2)
local nehalem = life("assist", "nehalem")
check("each generation is faster than the one before",
    p4.cycles > core.cycles and core.cycles > nehalem.cycles and nehalem.cycles > assist.cycles)
say {
    ([[With the costs of a Core guest mode took %s times as many cycles as bare. With 2,000 cycles, as on
       a Nehalem of 2009, it took %s times.]]):format(times(core), times(nehalem)),
    look = "4",
}
local left = ask {
    "Most of the exits in guest mode are of one kind. Which one?",
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
    ([[%d of %d exits are accesses to devices. Newer processors make an exit cheaper. Other devices make
       exits rare.]]):format(devices, nehalem.exits),
    look = "4",
}
try {
    "Take append = \"traps fork 100\" in place of selftest, in the function life.",
    "Then the kernel prints little, and guest mode wins on the Pentium 4, too.",
}
