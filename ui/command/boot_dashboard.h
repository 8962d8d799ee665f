// trapeze boot --dashboard shows any kernel in the dashboard. The dashboard runs scenarios, so
// the options become the text of a scenario. Pane 8 shows this text, and a person sees there how
// to begin a scenario.
#ifndef UI_COMMAND_BOOT_DASHBOARD_H
#define UI_COMMAND_BOOT_DASHBOARD_H

#include "scenarios/world/world.h"
#include "ui/command/options.h"

// Boots the plan as the options of `trapeze boot` say. world_plan_chain must have completed the
// plan. Returns the exit status.
int boot_dashboard(const struct world_plan *plan, const struct command_line *line);

#endif
