// The story of one trap, in the order in which the textbook draws trap-and-emulate: what the
// guest did, what the hardware found, how the VMM decided, what the VMM did, and who runs next.
// Each of these steps is a phase. If the VMM is itself a guest, each crossing between its level
// and L0 is a phase of its own. Together these phases look like a ladder.
//
//      L1 g1      csrw sscratch, a0 in virtual K           where other panes show it:
//      hardware   raises illegal-insn, enters the VMM      2:00000000 (the real mode)
//      L0 vmm     decodes the word: a CSR instruction      2:sscratch
//      L0 vmm     does it to the CSR in the VCPU           2:sscratch            169 cy
//      L1 g1      goes on                                  1:g1
//
// A person can step through the phases (o and O). The other panes then mark what the phase touches.
// Read next: ui/dashboard/story.def.
#ifndef UI_DASHBOARD_STORY_H
#define UI_DASHBOARD_STORY_H

#include "ui/dashboard/model.h"

#define STORY_PHASES 96 // the most phases; a longer ladder tells how many crossings it leaves out
#define STORY_LOOK 64

struct story_phase {
    enum role role; // the colour of the one who acts
    char who[48];   // "L0 vmm"
    char text[224];
    u32 cost;              // cycles; 0: this phase costs nothing of its own
    char look[STORY_LOOK]; // the places in other panes, as in say{look=} of a lesson
};

struct story {
    u32 count;
    struct story_phase phase[STORY_PHASES];
};

// Tells the story of this row of the log.
void story_tell(const struct model *now, const struct trap_row *row, struct story *story);

// Returns true if the run is at the moment at which this trap has just been handled, or at which
// its VMM is still at work on it. The panes then show what the phases touch. Otherwise they show
// another moment.
bool story_is_now(const struct model *now, const struct trap_row *row);

#endif
