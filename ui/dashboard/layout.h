// Decides where each pane stands, as a pure function of the size of the screen and of what the
// person wants to see. Neighbours share the line between their frames.
//
//      80x24 and more               130 columns and more         zoomed, or smaller
//      +-Guests-+-VCPU------+       Guests | VCPU | Scenario (1) +-one pane---------+
//      +-Traps-----+-Exits--+       Traps       | Exits          |                  |
//      +-Timeline-----------+       Timeline                     |                  |
//      +-Console------------+       Story       | Console        +------------------+
//
//      150x45 and more: every pane
//      Guests | VCPU    | Page tables
//      Traps            | Exits   | Stops
//      Timeline
//      Story            | Console | Scenario
//
// (1) The page tables stand there instead while somebody, or a lesson, looks at them.
//
// A row of panes is called a band. When a lesson speaks, its banner takes rows at the bottom. If
// there is then too little room for all bands, those bands stay that the lesson points at.
// Read next: ui/dashboard/hints.h.
#ifndef UI_DASHBOARD_LAYOUT_H
#define UI_DASHBOARD_LAYOUT_H

#include "ui/dashboard/view.h"

// A smaller screen shows only a message that says which size is needed.
#define LAYOUT_ROWS_MIN 10
#define LAYOUT_COLUMNS_MIN 40

struct layout_wish {
    int rows, columns;  // of the screen
    int guests;         // of all levels; if there is room, the timeline has a row for each guest
    int banner;         // rows that the banner needs, its frame included; 0: there is none
    u32 pointed;        // a mask of panes (1 << enum pane_id) at which the lesson points
    enum pane_id focus; // this pane is always shown: alone if it has no place among the others
    bool zoomed;        // the pane with the focus is shown alone in any case
};

struct box {
    u8 pane;                        // enum pane_id
    int row, column, rows, columns; // the frame included
};

struct layout {
    bool too_small;
    bool single;       // one pane has all the room, except for the banner
    int why_row;       // the line that explains the selected trap; -1: there is no room
    struct box banner; // its rows are 0 if there is none
    int count;
    struct box box[PANES];
};

void layout_make(struct layout *l, const struct layout_wish *wish);

// Returns true if this pane has a place among the others when no pane is zoomed.
bool layout_has(const struct layout_wish *wish, enum pane_id pane);

#endif
