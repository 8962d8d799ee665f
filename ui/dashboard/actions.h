// What the keys do. An action changes the drive or the screen state, and returns what must be
// refreshed. An action never draws.
#ifndef UI_DASHBOARD_ACTIONS_H
#define UI_DASHBOARD_ACTIONS_H

#include "ui/dashboard/drive.h"
#include "ui/dashboard/frame.h"
#include "ui/dashboard/keys.h"

// The dashboard's whole state.
struct dashboard {
    struct drive drive;
    struct model now, before, next; // next: the one that is being gathered
    struct screen_state state;
    struct cells cells;
    u32 vcpu;         // the VCPU of the chosen VM that is shown, unless follow_hart
    bool no_marks;    // the run was taken back, so nothing is marked as changed
    bool follow_hart; // the VM and the VCPU that are on the hart are shown
    int rows, columns;
};

// What an action returns, combined by |.
enum {
    REFRESH_NOTHING = 0,
    REFRESH_SCREEN = 1, // draw again
    REFRESH_MODEL = 2,  // look at the machine again, too
    REFRESH_ALL = 4,    // the terminal may show something else: write everything
    REFRESH_QUIT = 8,
    REFRESH_NEXT = 16, // after quitting, the next lesson is wanted
};

unsigned dashboard_act(struct dashboard *d, const struct binding *binding);

// ---- parts of actions, for keys that are not in the table

// Shows a message until the next key.
unsigned dashboard_say(struct dashboard *d, const char *text);
// The run goes on: the newest trap is selected, and changes are marked.
void dashboard_follow_newest(struct dashboard *d);
// Finds the chosen VM among the guests of the world. False: it is the machine itself, with a VMM.
bool dashboard_chosen_guest(struct dashboard *d, u32 *guest);
// Moves in the pane that has the focus. Positive is down: the older trap, the next guest, later
// lines.
unsigned dashboard_move(struct dashboard *d, i64 down);

#endif
