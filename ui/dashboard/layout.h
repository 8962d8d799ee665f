// Which panes stand where, as a pure function of the size of the screen and of what is wished.
// Neighbours share the line of their frames.
//
//      80x24 and more               130 columns and more         zoomed, or smaller
//      +-Guests-+-VCPU------+       Guests | VCPU | Scenario     +-one pane---------+
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
// A row of panes is a band. When a lesson speaks, its banner takes rows at the bottom. Then some
// bands may have no room, and those stay at which the lesson points.
// Read next: ui/dashboard/banner.h.
#ifndef UI_DASHBOARD_LAYOUT_H
#define UI_DASHBOARD_LAYOUT_H

#include "ui/dashboard/view.h"

// A smaller screen shows only a message that says which size is needed.
#define LAYOUT_ROWS_MIN 10
#define LAYOUT_COLUMNS_MIN 40

struct layout_wish {
    int rows, columns;  // of the screen
    int guests;         // of all levels: the timeline has a row for each of them if there is room
    int banner;         // rows that the banner needs, its frame included; 0: there is none
    u32 pointed;        // a mask of panes (1 << enum pane_id) at which the lesson points
    enum pane_id focus; // this pane is always shown: alone if it has no place among the others
    bool zoomed;        // it is shown alone in any case
};

struct box {
    u8 pane;                        // enum pane_id
    int row, column, rows, columns; // the frame included
};

struct layout {
    bool too_small;
    bool single;       // one pane has all the room, except for the banner
    int why_row;       // the line that explains the trap looked at; -1: there is no room
    struct box banner; // its rows are 0 if there is none
    int count;
    struct box box[PANES];
};

void layout_make(struct layout *l, const struct layout_wish *wish);

// Does this pane have a place among the others when nothing is zoomed?
bool layout_has(const struct layout_wish *wish, enum pane_id pane);

#endif
