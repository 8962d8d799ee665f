-- Linux under towers of unlike VMMs
-- Linux lives the same life bare and under every tower of VMMs: trap-and-emulate, and guest mode with nested or with
-- shadow page tables, in any order. The files "Image" and "disk" stand beside this script (.ci/check-linux puts all
-- three into one folder, and sets the three words of the next line).
local harts, code, height = 1, "native", 2 -- of Linux; of the outermost VMM; the number of VMMs

local function boot(inside)
    return guest { name = "linux", image = "Image", append = "console=ttyS0", disk = "disk", vcpus = harts,
        inside = inside }
end

-- Linux prints which extensions its harts have. So one bare machine has the hypervisor extension, and one has not.
local bare = {}
for _, profile in ipairs { "h", "t32" } do
    machine { profile = profile, harts = harts }
    local g = boot()
    run { off = true }
    bare[profile] = { state = g:state(), console = g:console() }
    check("bare, profile " .. profile .. ": every line that can be wrong is right", function()
        return g:console():find("init: done", 1, true) and not g:console():find("WRONG", 1, true)
    end)
end

-- All towers of so many VMMs, the outermost VMM first. A guest of the technique assist-shadow has no hypervisor
-- extension, so a VMM in such a guest can only trap.
local function towers(n)
    if n == 0 then return { {} } end
    local list = {}
    for _, lower in ipairs(towers(n - 1)) do
        for _, technique in ipairs { "trap", "assist", "assist-shadow" } do
            if lower[#lower] ~= "assist-shadow" or technique == "trap" then
                local tower = table.move(lower, 1, #lower, 1, {})
                tower[n] = technique
                list[#list + 1] = tower
            end
        end
    end
    return list
end

for _, tower in ipairs(towers(height)) do
    local inside
    machine { profile = "h" }
    vmm { code = code, technique = tower[1] }
    for i = 2, #tower do
        inside = vmm { name = "vmm" .. i, technique = tower[i], inside = inside }
    end
    local g = boot(inside)
    run { off = true }
    local expected = bare[tower[#tower] == "assist-shadow" and "t32" or "h"]
    check(harts .. " harts, L0 " .. code .. ", " .. table.concat(tower, ", "), function()
        if g:console() ~= expected.console then return false, "the console is not that of the bare machine" end
        return same(expected.state, g:state())
    end)
end
