// trapeze boot --dashboard: any kernel in the dashboard. The dashboard runs scenarios, so the
// options become the text of a scenario, which pane 8 shows. A person sees there how a scenario of
// one's own begins.
#ifndef UI_COMMAND_BOOT_DASHBOARD_H
#define UI_COMMAND_BOOT_DASHBOARD_H

#include "scenarios/world/world.h"
#include "ui/command/options.h"

// Boots the plan, which world_plan_chain has completed, as the options of `trapeze boot` say.
// Returns the exit status.
int boot_dashboard(const struct world_plan *plan, const struct command_line *line);

#endif
