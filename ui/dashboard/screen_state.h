// How a person has arranged the screen. Actions change this state, and the frame is drawn from
// it.
#ifndef UI_DASHBOARD_SCREEN_STATE_H
#define UI_DASHBOARD_SCREEN_STATE_H

#include "ui/dashboard/prompt.h"
#include "ui/dashboard/view.h"

struct screen_state {
    u8 focus; // enum pane_id
    bool zoomed, help, typing;
    int help_scroll;
    int scroll[PANES];
    u32 scale; // machine cycles that one column of the timeline stands for
    u32 phase; // the chosen phase of the story of trap `phase_trap`, from 1; 0: none is chosen
    u64 phase_trap;
    struct prompt prompt;
    char message[160]; // stands in the line that explains the selected trap, until the next key;
                       // "": no message

    char note[512]; // stands in a banner until the next key; "": no note

    bool first_run;     // hints for a newcomer stand in a banner until the first key
    u32 choice;         // the chosen answer of the question that the lesson asks now
    bool banner_closed; // the person has read the end of the lesson and closed it
    int banner_scroll;
    bool banner_cut;  // the text of the banner is longer than its room
    bool banner_seek; // the banner must scroll to the chosen answer
};

#endif
