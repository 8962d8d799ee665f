-- Fair shares
-- Three guests only compute. The scheduler shares the hart among them by their weights: 100, 200 and 300. Then the
-- guest with the largest weight sleeps in wfi, and the other two share what it leaves.
local spin = [[
        .globl  _start
_start: addi    s0, s0, 1
        j       _start
]]
local sleeper = [[
        .globl  _start
_start: li      s1, 1000000
busy:   addi    s1, s1, -1
        bnez    s1, busy
        li      t0, 32              # STIE: asks for a timer interrupt far away,
        csrw    sie, t0
        li      t0, 0x40000000
        csrw    stimecmp, t0
        csrw    stimecmph, zero
        wfi                         # and waits
        j       _start
]]
machine { clock = "wall" }
vmm { scheduler = "weighted", quantum = 5000 }
local light = guest { name = "light", source = spin, ram = "8M", weight = 100 }
local middle = guest { name = "middle", source = spin, ram = "8M", weight = 200 }
local heavy = guest { name = "heavy", source = sleeper, ram = "8M", weight = 300 }

local function shares(of)
    local text, before = "", {}
    for i, g in ipairs(of) do before[i] = counters(g).direct end
    return function()
        local ran, all = {}, 0
        for i, g in ipairs(of) do
            ran[i] = counters(g).direct - before[i]
            all = all + ran[i]
        end
        for i, g in ipairs(of) do
            ran[i] = ran[i] / all
            text = text .. string.format("%s %.0f%%  ", g:name(), 100 * ran[i])
        end
        print(text)
        return ran
    end
end

local measure = shares { light, middle, heavy }
run(1500000)
local share = measure()
check("shares follow the weights", math.abs(share[1] - 1 / 6) < 0.03 and math.abs(share[2] - 2 / 6) < 0.03)

run { event = "block", guest = heavy, limit = 20000000 }
mark "heavy sleeps"
measure = shares { light, middle, heavy }
run(1500000)
share = measure()
check("a guest that waits costs nothing", share[3] < 0.01)
check("the others divide what it leaves", math.abs(share[1] - 1 / 3) < 0.03)
