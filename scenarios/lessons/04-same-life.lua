-- The same life
-- A program computes, bare and on a VMM. The end is the same, and only time can tell.
lesson {
    4, "The same life", section = "16.2", minutes = 10, more = { "bare-vs-vmm" },
    idea = [[On a VMM a program ends in the same state, at nearly the same speed. Only time can
             tell the difference.]],
    discussion = [[A VMM must give the same result, be nearly as fast, and keep control. Which
                   stop showed which?]],
}

local source = [[
        .globl  _start
_start: li      s0, 100000
loop:   mul     s1, s0, s0
        addi    s0, s0, -1
        bnez    s0, loop
        rdtime  a0                  # what the clock shows
        csrw    sscratch, a0
done:   j       done
]]

-- One life of the program, up to its end.
local function live(clock, on_vmm)
    machine { clock = clock }
    if on_vmm then vmm {} end
    local worker = guest { name = "sums", source = source, ram = "64K" }
    run { pc = "done" }
    local counted = counters(worker)
    return {
        state = worker:state(), time = worker:reg "a0", cycles = cycles(),
        retired = worker:retired(), direct = counted.direct,
        exits = counted.exit, traps = counters().trap,
    }
end

local bare = live("virtual", false)
check("bare, nothing traps", bare.traps == 0)
say {
    ([[This program computes. It ran bare and executed %s instructions. There is no VMM, so there
       was no exit.]]):format(grouped(bare.retired)),
    look = "2",
}
local exits = ask {
    "The same program will run on a VMM. How many exits will there be?",
    "3", "about 100,000", grouped(bare.retired),
    right = 1,
    why = {
        "They are the first page, rdtime and csrw. All other instructions run on the hart itself.",
        "The loop has only ordinary instructions, and these do not trap.",
        "A VMM does not interpret the program. Ordinary instructions run on the hart.",
    },
}

local virtual = live("virtual", true)
reveal(exits, virtual.exits == 3 and 1)
local slower = virtual.cycles / bare.cycles - 1
check("the end is the same, bare and on the VMM",
    function() return same(bare.state, virtual.state) end)
check("the VMM costs less than 1 percent", slower < 0.01)
check("all but two instructions ran on the hart", virtual.retired - virtual.direct == 2)
say {
    ([[There were %d exits. %s of %s instructions ran on the hart directly. The machine worked %.1f
       percent longer, and the end is the same, bit for bit.]]):format(
        virtual.exits, grouped(virtual.direct), grouped(virtual.retired), 100 * slower),
    look = "5",
}
local clock = ask {
    [[The program keeps the time in a0. Now the clock counts machine cycles (wall clock). Is a0 the
      same?]],
    "yes", "no",
    right = 2,
    why = {
        "That is so on the virtual clock: there, time counts the guest's own instructions.",
        "The work of the VMM takes time, and this clock shows it. It is stolen time.",
    },
}

local wall_bare = live("wall", false)
say {
    ("On the bare machine, by the wall clock, the program read the time %s."):format(
        grouped(wall_bare.time)),
    look = "2:sscratch",
}
local wall = live("wall", true)
reveal(clock, wall.time == wall_bare.time and 1 or 2)
check("by the wall clock, time is the only difference",
    wall.time > wall_bare.time and wall.retired == wall_bare.retired)
say {
    ([[On the VMM it read the time %s. That is %s ticks more. A guest that measures time can find
       out that there is a VMM below it.]]):format(
        grouped(wall.time), grouped(wall.time - wall_bare.time)),
    look = "2:sscratch",
}
try {
    "Move rdtime a0 into the loop.",
    [[Each round of the loop traps. On the VMM the program then takes more than 80 times as long as
      bare.]],
}
