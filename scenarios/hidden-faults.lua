-- Hidden faults and true faults
-- The hart walks shadow tables and not the guest's. A fault is hidden if only the shadow lacks an entry: the VMM
-- fills it in. A fault is true if the guest's own table forbids the access: the VMM reflects it. The policy decides
-- what shadows keep, and so how many hidden faults there are.
local function life(policy)
    machine { clock = "virtual" }
    vmm { policy = policy }
    local g = guest { name = "kite", image = "kite", ram = "16M", append = "init=/bin/pagetest" }
    local true_faults = 0
    on("reflect", function(e)
        if e.cause:find "page%-fault" then true_faults = true_faults + 1 end
    end)
    run { off = true, limit = 20000000 }
    local c = counters(g)
    print(string.format("%-8s  %6d exits: %6d hidden faults filled, %4d true faults reflected, %5d sfence.vma", policy,
        c.exit, c.fill,
        true_faults, c.sfences))
    return c, g:state(), true_faults
end

local drop, drop_state, drop_true = life "drop-all"
local cached, cached_state, cached_true = life "cached"

check("the guest ends in the same state", 5, function() return same(drop_state, cached_state) end)
check("both saw the same true faults", 5, drop_true == cached_true and drop_true > 0)
check("keeping shadow tables saves hidden faults", 5, cached.fill < drop.fill)
