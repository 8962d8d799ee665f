-- Turtles all the way down
-- The same kernel runs under one VMM, under a VMM in a VMM, and one level deeper. Then the outermost VMM is T32 code,
-- too, so that its instructions can be counted. The kernel ends in the same state each time; only the price differs.
-- One exit of the guest is one exit for the VMM right above it, and each privileged instruction of that VMM's handler
-- is an exit for the next VMM above.
local function life(depth, code, enlightened)
    machine { clock = "virtual" }
    local inside
    for level = 1, depth do
        inside = vmm(level == 1 and { code = code, enlightened = enlightened }
            or { name = "vmm" .. level - 1, inside = inside, enlightened = enlightened })
    end
    local g = guest { name = "kernel", image = "hello", ram = "8M", inside = inside }
    run { off = true }
    mark(string.format("depth %d, %s: the end", depth, code))
    return g:state(), depth > 0 and multiplication()
end

local function row(depth, code, m)
    local line = {}
    for _, vmm in ipairs(m.vmms) do
        line[#line + 1] = string.format("%5.1f %6.0f %6.0f", vmm.exits / m.exits,
            vmm.instructions / m.exits, vmm.cycles / m.exits)
    end
    print(string.format("%-6s %5d %6d   %s", code, depth, m.exits, table.concat(line, "   ")))
end

print("                        what one of them takes in each VMM: exits, instructions, cycles")
print("L0     depth  exits   L0                    L1                    L2")
local bare = life(0)
for _, code in ipairs { "native", "t32" } do
    local before
    for depth = 1, 3 do
        local state, m = life(depth, code)
        row(depth, code, m)
        check(string.format("depth %d, L0 %s, ends as the bare machine does", depth, code), 10,
            function() return same(bare, state) end)
        local factor = m.vmms[1].exits / m.exits / (before or 1)
        if before then
            check(string.format("one VMM more multiplies L0's exits by %.1f", factor), factor > 2)
        end
        before = m.vmms[1].exits / m.exits
    end
end

-- Enlightened: the VMM inside asks for a whole switch in one call. Otherwise it switches by many privileged
-- instructions.
print("the same, enlightened:")
for depth = 2, 3 do
    local state, m = life(depth, "native", true)
    row(depth, "native", m)
    check(string.format("depth %d, enlightened, ends as the bare machine does", depth), 10,
        function() return same(bare, state) end)
    check(string.format("depth %d: at most 3 exits of L0 a level for one of the guest's", depth),
        m.vmms[1].exits / m.exits <= 3 ^ (depth - 1))
end
