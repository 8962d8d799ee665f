// The configurations that one program runs in. Each is compared with the first.
#include "tests/fuzz/run.h"

#include <string.h>

const struct configuration configurations[] = {
    {.name = "bare", .what = "the machine alone, by the plain engine", .engine = ENGINE_PLAIN, .usual = true},
    {.name = "fast", .what = "the machine alone, by the fast engine", .like = "bare", .usual = true},
    {.name = "cached",
     .what = "under the VMM, shadow roots kept",
     .depth = 1,
     .policy = POLICY_CACHED,
     .check_shadow = true,
     .usual = true},
    {.name = "drop-all",
     .what = "under the VMM, shadows dropped at every fence",
     .depth = 1,
     .policy = POLICY_DROP_ALL,
     .check_shadow = true,
     .usual = true},
    {.name = "plain-cached",
     .what = "under the VMM, by the plain engine",
     .depth = 1,
     .policy = POLICY_CACHED,
     .engine = ENGINE_PLAIN,
     .like = "cached",
     .usual = true},
    {.name = "t32",
     .what = "under the VMM as T32 code on the machine",
     .depth = 1,
     .t32 = true,
     .policy = POLICY_CACHED},
    {.name = "depth-2", .what = "under the T32 VMM under the native one", .depth = 2, .policy = POLICY_CACHED},
    {.name = "depth-2-drop-all",
     .what = "the same, both drop shadows at every fence",
     .depth = 2,
     .policy = POLICY_DROP_ALL},
    {.name = "depth-2-t32",
     .what = "under two T32 VMMs, one inside the other",
     .depth = 2,
     .t32 = true,
     .policy = POLICY_CACHED},
    {.name = "depth-3", .what = "under two T32 VMMs under the native one", .depth = 3, .policy = POLICY_CACHED},
    {.name = "depth-3-t32", .what = "under three T32 VMMs", .depth = 3, .t32 = true, .policy = POLICY_CACHED},
    {.name = "depth-2-enlightened",
     .what = "under the T32 VMM under the native one, which carries out its switches",
     .depth = 2,
     .enlightened = true,
     .policy = POLICY_CACHED},
    {.name = "depth-3-enlightened",
     .what = "under three T32 VMMs, dropping shadows, each carrying out switches for the next",
     .depth = 3,
     .t32 = true,
     .enlightened = true,
     .policy = POLICY_DROP_ALL},
    {.name = "chopped", .what = "the machine alone, 7 steps at a time", .chunk = 7, .like = "bare"},
    {.name = "chopped-cached",
     .what = "under the VMM, 7 steps at a time",
     .depth = 1,
     .policy = POLICY_CACHED,
     .chunk = 7,
     .like = "cached"},
    {.name = "fault-csr", .what = "the machine alone; each breakpoint flips a bit of sscratch", .fault = FAULT_CSR},
    {.name = "fault-shadow",
     .what = "under the VMM; read-only shadow entries become writable",
     .depth = 1,
     .policy = POLICY_CACHED,
     .check_shadow = true,
     .fault = FAULT_SHADOW},
    {0},
};

const struct configuration *configuration_find(const char *name)
{
    for (const struct configuration *c = configurations; c->name; c++)
        if (!strcmp(c->name, name))
            return c;
    return NULL;
}
