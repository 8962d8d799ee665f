-- A machine that cannot be virtualized
-- With the ISA's dial at `holes` there are instructions that are sensitive but not privileged: `rdmode` tells the real
-- mode and never traps, so no VMM can answer in its place. Popek and Goldberg's condition fails, and a guest can tell
-- that it is deprived.
local curious = [[
        .globl  _start
_start: rdmode  s0                  # 1 in K, 0 in U: and it does not trap
        csrr    s1, sstatus         # privileged: traps, so the VMM can lie
        li      a7, 8
        ecall
]]
local function life(depth, profile)
    machine { profile = profile }
    if depth > 0 then vmm {} end
    local g = guest { name = "curious", source = curious, ram = "8M" }
    run()
    return g:reg "s0", g:state()
end

local bare, bare_state = life(0, "holes")
local virtual, virtual_state = life(1, "holes")
print("bare the kernel reads mode " .. bare .. ", under the VMM " .. virtual)

check("bare, the kernel sees that it is in K", bare == 1)
check("under the VMM it sees the real mode, U", virtual == 0)
check("equivalence is broken, and only there", function()
    local equal, where = same(bare_state, virtual_state)
    return not equal and where:find "s0" ~= nil, where
end)
