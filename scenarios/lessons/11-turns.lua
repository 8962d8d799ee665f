-- Turns
-- The VMM gives turns to its guests. How long should a turn be, and who pays for the switches?
lesson {
    11, "Turns", section = "16.6.1", minutes = 10, more = { "fair-shares", "two-guests" },
    idea = [[The VMM schedules VCPUs as a kernel schedules processes: switches cost time, and
             weights share it.]],
    discussion = "Who wants a short quantum, and who pays for it?",
}

local source = [[
        .globl  _start
_start: addi    s0, s0, 1
        j       _start
]]

local function world(scheduler, quantum, weight)
    machine { clock = "wall" }
    vmm { scheduler = scheduler, quantum = quantum }
    return guest { name = "light", source = source, ram = "64K" },
        guest { name = "heavy", source = source, ram = "64K", weight = weight }
end

-- After a long run: the VMM's part of all cycles, and light's part of what the guests ran.
local function shares(light, heavy)
    run(400000)
    local one, other = counters(light).retired, counters(heavy).retired
    return 1 - (one + other) / cycles(), one / (one + other)
end

-- The index of the choice that a measured part is near to; nil if it is near to none.
local function nearest(part, choices)
    for index, choice in ipairs(choices) do
        if math.abs(part - choice) < 0.1 * choice then return index end
    end
end

local light, heavy = world("round-robin", 10000)
run { event = "schedule", guest = heavy }
check("light had one turn and heavy is next",
    light:status() == "RDY" and counters(light).retired > 8000)
say {
    ([[These two guests only count. light's turn of 10,000 ticks is over. Now the VMM switches to
       heavy, and this costs %d cycles.]]):format(events { event = "schedule", last = 1 }[1].cost),
    look = "1",
}
local vmm_part, light_part = shares(light, heavy)
check("each guest ran half of the time", nearest(light_part, { 0.5 }) == 1)
check("the VMM took about 5 percent", math.abs(vmm_part - 0.05) < 0.01)
say {
    ([[After many turns each guest has half. The VMM used %.1f percent of the cycles for its
       switches.]]):format(100 * vmm_part),
    look = "5",
}
local shorter = ask {
    "Now a turn is only 1,000 ticks long. How much of all cycles will the VMM use?",
    "half a percent", "5 percent", "50 percent",
    right = 3,
    why = {
        "Shorter turns mean more switches, not fewer.",
        "A switch costs the same, but there are ten times as many.",
        "A switch costs the same for every quantum. Now it uses up half of each turn.",
    },
}

local long_turns = vmm_part
vmm_part, light_part = shares(world("round-robin", 1000))
reveal(shorter, nearest(vmm_part, { 0.005, long_turns, 0.5 }))
say {
    ([[The VMM used %.0f percent. The machine switches for as long as it
       runs guests.]]):format(100 * vmm_part),
    look = "1",
}
local weighted = ask {
    [[Now turns are long again, and there are weights: light has 100, and heavy has 300. What is
      light's part?]],
    "half", "a quarter", "a tenth",
    right = 2,
    why = {
        "Round-robin gives that. This VMM looks at the weights.",
        "light has 100 of the 400 that there are in all.",
        "The weights are 100 of 400, and this is more than a tenth.",
    },
}

vmm_part, light_part = shares(world("weighted", 10000, 300))
check("heavy had about three times as much", nearest((1 - light_part) / light_part, { 3 }) == 1)
reveal(weighted, nearest(light_part, { 0.5, 0.25, 0.1 }))
say {
    ([[light had %.0f percent. The timeline shows it: heavy keeps the hart about three times as
       long.]]):format(100 * light_part),
    look = "5",
}
try { "Set the quantum to 500.", "Nearly all cycles go into switches. This is called thrashing." }
