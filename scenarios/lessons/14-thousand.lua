-- A thousand guests
-- A thousand guests sleep and one works. Then all of them work.
lesson {
    14, "A thousand guests", section = "16.3", minutes = 6, more = { "thousand" },
    idea = "A guest that waits costs no time. Guests that run share the time.",
    discussion = "What do a thousand sleeping guests still cost?",
}

local sleeper = [[
        .globl  _start
_start: li      t0, 0x20            # timer interrupts
        csrw    sie, t0
        li      t0, 0x40000000      # a billion ticks from now
        csrw    stimecmp, t0
        csrw    stimecmph, zero
sleep:  wfi
        j       sleep
]]

local counting = [[
        .globl  _start
_start: addi    s0, s0, 1
        j       _start
]]

-- One worker that counts, and a thousand others. Returns the worker, and of the others the first
-- and the last.
local function world(source)
    machine { clock = "wall" }
    vmm { quantum = 10000 }
    local worker, first, last = guest { name = "work", source = counting, ram = "64K" }
    for i = 1, 1000 do
        last = guest { name = "n" .. i, source = source, ram = "64K" }
        first = first or last
    end
    return worker, first, last
end

local worker, first, last = world(sleeper)
run { event = "block", guest = first }
check("the first sleeper waits", first:status() == "WFI")
say {
    [[A kernel set a timer that is far away, and executed wfi (wait for interrupt). wfi trapped, and
      the VMM gave the hart to the next guest. This one sleeps.]],
    look = "1:WFI",
}
run { event = "block", guest = last }
run { event = "schedule", guest = worker }
check("the sleepers wait and the worker runs",
    first:status() == "WFI" and last:status() == "WFI" and worker:status() == "RUN")
say {
    ("Now 1,000 guests sleep, and one works. This took %s switches."):format(
        grouped(counters().schedule)),
    look = "1",
}
local part = ask {
    "What part of the next million steps does the worker get?",
    "a thousandth", "half", "nearly all",
    right = 3,
    why = {
        "That is its part when all guests run.",
        "The sleepers do not run at all. They take no half.",
        "A VCPU that waits is in no queue. The VMM does not even look at it.",
    },
}

local before, switches = counters(worker).direct, counters().schedule
run(1000000)
local ran = counters(worker).direct - before
reveal(part, ran > 990000 and 3)
check("the VMM switched to no sleeper", counters().schedule == switches)
say {
    ("The worker got %s of 1,000,000 steps. The VMM did not switch once."):format(grouped(ran)),
    look = "5",
}
local turns = ask {
    "Now all others work too. How many of them have a turn before the worker has its second turn?",
    "2", "10", "1000",
    right = 3,
    why = {
        "Two guests would take turns like this. Here there are many more.",
        "Round-robin has one queue, and the worker is at its end.",
        "Round-robin: everybody has a turn, then the worker again.",
    },
}

worker, first, last = world(counting)
run { event = "schedule", guest = worker, count = 2 }
local others = counters().schedule - 2
reveal(turns, others == 1000 and 3)
check("the last guest had its turn before", counters(last).retired > 0)
say {
    ([[The worker's second turn came after %s turns of others. This is fair, and useless: a person
       who types would wait for %s cycles. Overcommitment has its limits.]]):format(
        grouped(others), grouped(cycles())),
    look = "1",
}
try { "Let 9 of the others work and 991 sleep.", "The worker then gets a tenth of the time." }
