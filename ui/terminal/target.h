// For the mouse: which thing stands where on a screen. While a view draws, it says which cells
// stand for which thing. A click then finds the thing in the screen that the person sees, so the
// mouse and the picture cannot disagree.
// Read next: ui/terminal/text.h.
#ifndef UI_TERMINAL_TARGET_H
#define UI_TERMINAL_TARGET_H

#include "ui/terminal/cells.h"

enum target_kind {
    TARGET_TRAP,   // value: the number of the trap
    TARGET_VM,     // value: the index of the VM in the model, and so on for the kinds below
    TARGET_CLASS,  // enum trap_class_id
    TARGET_ENTRY,  // an entry of pane 9 or of the menu, from 0
    TARGET_PHASE,  // of the story, from 1
    TARGET_LINE,   // of the scenario's source, from 1
    TARGET_CSR,    // its row in the table of pane 2
    TARGET_CODE,   // the address of an instruction
    TARGET_PAGE,   // an address that pane 6 can show
    TARGET_BITS,   // a page-table entry
    TARGET_CHOICE, // of the question, from 0
    TARGET_KEY,    // the key that does it
};

struct target {
    int row, column, columns; // on the screen
    enum target_kind kind;
    u64 value;
};

// Says that these cells of the area stand for this thing. If there is no memory, they stand for
// nothing.
void area_target(const struct area *a, int row, int column, int columns, enum target_kind kind,
                 u64 value);
// Returns the thing that a cell of the screen stands for, or NULL. The result is valid until the
// screen is drawn again.
const struct target *cells_target(const struct cells *c, int row, int column);

#endif
