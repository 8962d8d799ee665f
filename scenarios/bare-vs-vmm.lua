-- Bare against virtual
-- The same kernel runs on the bare machine, and then under the VMM. By the virtual clock it must end with the same
-- registers, CSRs, memory and console, bit for bit. This is the equivalence of Popek and Goldberg, and it is checked.
local function life(depth)
    machine { clock = "virtual" }
    if depth > 0 then vmm {} end
    local g = guest { name = "kernel", image = "hello", ram = "8M" }
    run { off = true }
    local c = counters()
    print(string.format("depth %d: %7d steps, %5d traps of its own, %5d exits", depth, steps(), c.trap, c.exit))
    return g:state()
end

local bare = life(0)
local virtual = life(1)

check("bare and virtual end in the same state", 10, function() return same(bare, virtual) end)
