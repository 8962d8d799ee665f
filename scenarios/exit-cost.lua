-- What an exit costs
-- Here the VMM on the machine is T32 code, so its work can be counted in instructions. For each kind of exit they are
-- counted from the guest's trap to the sret that gives the hart back. The guest is the C kernel, which tests itself.
machine { clock = "virtual" }
vmm { code = "t32" }
local g = guest { name = "kite", image = "kite", ram = "16M", append = "selftest" }

local accesses = { ["fetch-page-fault"] = "fetch", ["load-page-fault"] = "load", ["store-page-fault"] = "store" }
local ours = { [0x10200073] = "sret", [0x10500073] = "wfi" }

-- The kind of an exit follows from what the VMM says that it did.
local function kind_of(e)
    if e.kind == "fill" then return "fill: " .. accesses[e.cause] end
    if e.kind == "preempt" then return e.cause end
    if e.kind == "reflect" then return "reflect" end
    if e.cause == "ecall-k" or e.cause == "ecall-u" then return "firmware call" end
    if accesses[e.cause] then return "device" end
    if ours[e.insn] then return ours[e.insn] end
    if e.insn >> 12 & 7 == 0 then return "sfence.vma" end
    return e.insn >> 20 == 0x180 and "csr: satp" or "csr"
end

local costs, names = {}, {} -- by kind: the instructions of each exit
local function add(kind, instructions)
    if not costs[kind] then
        costs[kind] = {}
        names[#names + 1] = kind
    end
    table.insert(costs[kind], instructions)
end

-- From one exit to the next the hart runs the VMM, and then the guest. The next exit tells the guest's part as `ran`.
-- If the VMM says nothing about an exit, it was the VMM's own timer: a turn is over, or the guest's timer is due.
local last
on({ "exit", "emulate", "fill", "reflect", "preempt" }, { guest = g }, function(e)
    if e.kind ~= "exit" then
        last.kind = last.kind or kind_of(e)
        return
    end
    if last then add(last.kind or "timer", e.retired - e.ran - last.retired) end
    last = { retired = e.retired }
end)
run { off = true }

local function share(all, percent) return all[math.max(1, #all * percent // 100)] end
print("exit                  count    least   median      95%     most")
table.sort(names)
for _, name in ipairs(names) do
    local all = costs[name]
    table.sort(all)
    print(string.format("%-18s %8d %8d %8d %8d %8d", name, #all, all[1], share(all, 50), share(all, 95), all[#all]))
end

-- What the VMM promises for its most frequent exits. The few that cost more are those that find no free page.
local function promise(name, what, limit)
    check(what .. " takes at most " .. limit .. " instructions, 19 times of 20", function()
        return costs[name] and share(costs[name], 95) <= limit
    end)
end
promise("csr", "a CSR access", 400)
for _, access in ipairs { "fetch", "load", "store" } do
    promise("fill: " .. access, "filling in a shadow entry for a " .. access, 620)
end
check("the guest's self-test passed", g:console():find("selftest: all passed") ~= nil)
