-- Break the VMM
-- Twelve VMMs have one error each. The student writes guests that live another life under such a VMM than on the bare
-- machine: four errors are shown, eight are not. A guest is a probe if it ends, and if it lives as bare under the right
-- VMM. It finds an error if a register, the console or memory differs under the VMM that has it.
local PROBES, LINES, STEPS = 12, 40, 3e6

local files = {}
for i = 1, PROBES do files["probe-" .. i .. ".s"] = "4K" end
lab { files = files, points = 100, hours = 6 }

-- Runs a probe beside the bare machine, as its guest sees it. Returns whether nothing differed, and how it ended.
local function run_probe(source, vmm, policy)
    local t = twin { source = source, vmm = vmm, policy = policy, ram = "6M", guest_only = true }
    t:run(STEPS)
    return t:same(), t:power(), select(4, t:same())
end

-- Says what is wrong with a probe, or nil if it is fair.
local function complaint_about(source)
    if statements(source) > LINES then return "it has more than " .. LINES .. " lines" end
    local built, why = pcall(twin, { source = source, ram = "6M", guest_only = true })
    if not built then return tostring(why):match("source:.*") or tostring(why) end
    for _, policy in ipairs { "drop-all", "cached" } do
        local same, power, where = run_probe(source, "t32", policy)
        if not same then return "it also differs under the right VMM (" .. policy .. "): " .. where end
        if power == "on" then return "it does not end" end
    end
end

-- The fair probes of the submission, in order, and what is wrong with the first one that is not.
local function read_probes()
    local probes, complaint = {}, nil
    for i = 1, PROBES do
        local name = "probe-" .. i .. ".s"
        local source = submission(name)
        source = source and source:gsub("^\xef\xbb\xbf", "") -- some editors write a byte-order mark first
        local why = source and complaint_about(source)
        if source and not why then probes[#probes + 1] = { name = name, source = source } end
        if why then complaint = complaint or name .. ": " .. why end
    end
    return probes, complaint
end

test("the probes are fair", { points = 12, limit = 4e8 }, function()
    local probes, complaint = read_probes()
    if complaint then return false, complaint end
    return #probes > 0, "there is no probe: hand in probe-1.s to probe-12.s"
end)

-- A VMM is found if one fair probe lives another life under it.
local function find_error(vmm)
    for _, probe in ipairs((read_probes())) do
        for _, policy in ipairs { "cached", "drop-all" } do
            if not run_probe(probe.source, "labs/mutants/" .. vmm .. ".elf", policy) then return true end
        end
    end
    return false, "no fair probe tells this VMM from the right one"
end

for i = 1, 4 do
    test("shown " .. i, { points = 6, limit = 8e8 }, function() return find_error("shown-" .. i) end)
end
for i = 1, 8 do
    test("hidden " .. i, { points = 8, limit = 8e8 }, function() return find_error("hidden-" .. i) end)
end
