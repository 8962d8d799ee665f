-- Turtles all the way down
-- The same kernel under one VMM, under a VMM in a VMM, and one deeper. It ends in the same state each time; only the price differs. One exit of the guest
-- is one exit for the VMM right above it, and every privileged instruction of that VMM's handler is an exit for the one above that.
local DEPTHS = 3

local function life(depth)
    machine { clock = "virtual" }
    local inside
    for level = 1, depth do
        inside = vmm(level == 1 and {} or { name = "vmm" .. level - 1, inside = inside })
    end
    local g = guest { name = "kernel", image = "hello", ram = "8M", inside = inside }
    run { off = true }
    mark(string.format("depth %d: the end", depth))
    return g:state(), depth > 0 and multiplication(), steps()
end

print(" depth      steps   exits of the guest   exits / instructions / cycles that one of them takes in each VMM, L0 first")
local bare, _, bare_steps = life(0)
print(string.format("%6d %10d", 0, bare_steps))
local before = 1
for depth = 1, DEPTHS do
    local state, m, n = life(depth)
    local line = {}
    for _, vmm in ipairs(m.vmms) do
        line[#line + 1] = string.format("%.1f / %.0f / %.0f", vmm.exits / m.exits, vmm.instructions / m.exits, vmm.cycles / m.exits)
    end
    print(string.format("%6d %10d %20d   %s", depth, n, m.exits, table.concat(line, "   ")))
    check(string.format("depth %d ends as the bare machine does", depth), 10, function() return same(bare, state) end)
    local factor = m.vmms[1].exits / m.exits / before
    before = m.vmms[1].exits / m.exits
    if depth > 1 then
        check(string.format("depth %d multiplies L0's exits (by %.1f)", depth, factor), factor > 2)
    end
end
