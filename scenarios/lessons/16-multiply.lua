-- Exits multiply
-- One instruction at depth 1, 2 and 3, and a VMM that asks for help.
lesson {
    16, "Exits multiply", section = "16.5", minutes = 8, more = { "turtles", "exit-cost" },
    idea = "Each VMM more multiplies the exits. One call for a whole switch stops that.",
    discussion = "What does real hardware do, so that a VMM in a VMM is fast?",
}

local source = [[
        .globl  _start
_start: li      a0, 7
write:  csrw    sscratch, a0
read:   csrr    a1, sscratch
done:   j       done
]]

-- How many exits there are from the csrw of a guest to its csrr, at a depth.
local function exits(depth, enlightened)
    machine {}
    vmm { enlightened = enlightened }
    local inside
    for level = 2, depth do
        inside = vmm { name = "vmm" .. level, inside = inside, enlightened = enlightened }
    end
    local tiny = guest { name = "tiny", source = source, ram = "64K", inside = inside }
    run { event = "exit", guest = tiny, cause = "illegal-insn" }
    local before = counters().exit
    run { event = "exit", guest = tiny, cause = "illegal-insn" }
    return counters().exit - before
end

local one = exits(1, false)
check("at depth 1 an instruction is one exit", one == 1)
say { ([[At depth 1 one VMM is below the guest, and one csrw costs %d
         exit.]]):format(one), look = "4" }
local two = exits(2, false)
say {
    ([[At depth 2 it costs %d exits. One is the guest's own. The others are exits of the VMM
       between, whose handler uses CSRs.]]):format(two),
    look = "0",
}
local three = ask {
    "At depth 3 there is one more VMM between. How many exits does one csrw cost?",
    tostring(2 * two - one), tostring(3 * two), tostring(two * two),
    right = 3,
    why = {
        "Each VMM more would add as many. But the exits of inner VMMs trap too.",
        "The number of VMMs does not count. What counts is that each exit becomes many.",
        "Each exit of depth 2 is handled by a VMM that is a guest, and so becomes as many again.",
    },
}

local measured = exits(3, false)
local choices = { [2 * two - one] = 1, [3 * two] = 2, [two * two] = 3 }
reveal(three, choices[measured])
say {
    ([[At depth 3 it costs %d exits, and this is %d times %d. The cost grows exponentially with the
       depth.]]):format(measured, two, two),
    look = "4",
}
local help = ask {
    [[An enlightened VMM knows that it is a guest. One call asks for a whole switch. How many exits
      will there be at depth 2?]],
    "2", tostring(two - 1), tostring(two),
    right = 1,
    why = {
        [[One is the trap of the guest. The other is a call of the VMM between, which loads all CSRs
          and resumes the guest.]],
        "The call replaces nearly all CSR instructions of the VMM, not one of them.",
        "That is the price of a VMM that believes it has a machine of its own.",
    },
}

local two_enlightened = exits(2, true)
choices = { [2] = 1, [two - 1] = 2, [two] = 3 }
reveal(help, choices[two_enlightened])
say {
    ([[It costs %d exits. This VMM cooperates with the VMM below it. A guest that knows and
       cooperates is called paravirtualized.]]):format(two_enlightened),
    look = "3",
}
local three_enlightened = exits(3, true)
check("enlightened, each depth doubles", three_enlightened == 2 * two_enlightened)
say {
    ([[At depth 3 it costs %d exits in place of %d. They still
       multiply, but by 2.]]):format(three_enlightened, measured),
    look = "4",
}
try { "Ask for depth 4.", "The exits multiply by the same numbers once more." }
