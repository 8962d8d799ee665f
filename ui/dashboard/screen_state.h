// How a person has arranged the screen. Actions change it, and the frame is drawn from it.
#ifndef UI_DASHBOARD_SCREEN_STATE_H
#define UI_DASHBOARD_SCREEN_STATE_H

#include "ui/dashboard/prompt.h"
#include "ui/dashboard/view.h"

struct screen_state {
    u8 focus; // enum pane_id
    bool zoomed, help, typing;
    int help_scroll;
    int scroll[PANES];
    u32 scale; // machine cycles a column of the timeline
    u32 phase; // of the story of trap `phase_trap`, from 1; 0: none is chosen
    u64 phase_trap;
    struct prompt prompt;
    char message[160]; // stands in the line that says why, until the next key; "": none

    char note[512]; // stands in a banner until the next key; "": none

    bool first_run;     // hints for a newcomer stand in a banner until the first key
    u32 choice;         // of the question that the lesson asks now
    bool banner_closed; // the end of the lesson was read
    int banner_scroll;
    bool banner_cut;  // its text is longer than its room
    bool banner_seek; // it must scroll to the chosen answer
};

#endif
