// Which panes stand where, as a pure function of the size of the screen. Neighbours share the line
// of their frames.
//
//      80x24 and more               130 columns and more         zoomed, or smaller
//      +-Guests-+-VCPU------+       Guests | VCPU | Scenario     +-one pane---------+
//      +-Traps-----+-Exits--+       Traps       | Exits          |                  |
//      +-Timeline-----------+       Timeline                     |                  |
//      +-Console------------+       Story       | Console        +------------------+
#ifndef UI_DASHBOARD_LAYOUT_H
#define UI_DASHBOARD_LAYOUT_H

#include "ui/dashboard/view.h"

// A smaller screen shows only a message that says which size is needed.
#define LAYOUT_ROWS_MIN 10
#define LAYOUT_COLUMNS_MIN 40

struct box {
    u8 pane;                        // enum pane_id
    int row, column, rows, columns; // the frame included
};

struct layout {
    bool too_small;
    bool single; // one pane has it all
    int why_row; // the line that explains the trap looked at; -1: there is no room
    int count;
    struct box box[PANES];
};

// The pane `focus` is always shown. It stands alone if it is zoomed, if the screen is small, or if
// it has no place among the others. `guests` counts the guests of all levels: the timeline has a
// row for each of them if there is room.
void layout_make(struct layout *l, int rows, int columns, enum pane_id focus, bool zoomed,
                 int guests);

// Does this pane have a place when nothing is zoomed?
bool layout_has(int rows, int columns, enum pane_id pane);

#endif
