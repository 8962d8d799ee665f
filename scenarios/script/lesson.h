// A lesson: a scenario that explains what it shows. Its script says a text, asks the viewer to
// predict what happens next, lets the machine run, and reveals the answer (the language:
// scenarios/README.md). Each of these is a stop, at which the script and the machine wait:
//
//     script   lesson{} run{} say{}      ask{}       run{} reveal()     say{} ...   end
//                             |           |                |             |
//     driver              SCENARIO_   SCENARIO_        SCENARIO_     SCENARIO_    SCENARIO_
//                         STOPPED     STOPPED          STOPPED       STOPPED      DONE
//
// At a stop scenario_advance returns SCENARIO_STOPPED. The driver shows scenario_stop(), and calls
// scenario_answer() when the viewer wants to go on. Only scenarios that were opened with
// `follow` stop; others run through, and their facts are checked all the same.
//
// The script contains the right answer of a question, and it also computes from the machine the
// fact that proves this answer. If the two differ, a check fails. So an answer that has become
// wrong is always noticed.
// Read next: scenarios/script/scenario.c.
#ifndef SCENARIOS_SCRIPT_LESSON_H
#define SCENARIOS_SCRIPT_LESSON_H

#include "scenarios/script/scenario.h"

#define LESSON_QUESTIONS_MAX 32
#define LESSON_CHOICES_MAX 6
#define LESSON_TRIES_MAX 8
#define LESSON_MORE_MAX 8

struct lesson_question {
    const char *text;
    u32 choices; // 2 or more
    const char *choice[LESSON_CHOICES_MAX];
    const char *why[LESSON_CHOICES_MAX]; // why this choice is right, or why it is wrong
    u32 right;                           // the index of the right choice
    int answer; // the index that the viewer chose; -1: none (the question was not asked yet, or was
                // skipped)
    bool revealed; // the fact is known
    bool holds;    // the fact was the right choice
    u32 line;      // of the script
};

struct lesson_try {
    const char *change; // what to change in the script
    const char *result; // what happens then; "" if the lesson does not tell
};

// The contents of lesson{...}. Each text is fit for a terminal and stands on one line; "" if the
// script gave none.
struct lesson {
    u32 number; // its place in the course, from 1
    u32 minutes;
    const char *title;
    const char *section;    // of the textbook: "16.4.1 Trap-and-Emulate"
    const char *idea;       // the concept, in one sentence
    const char *discussion; // a question for the class
    u32 more_count;
    const char *more[LESSON_MORE_MAX]; // names of scenarios that show more of it
    u32 questions;
    struct lesson_question question[LESSON_QUESTIONS_MAX];
    u32 tries;
    struct lesson_try tries_list[LESSON_TRIES_MAX];
};

// Returns NULL if the script is no lesson, or has not come to its lesson{...} yet.
const struct lesson *scenario_lesson(const struct scenario *sc);

enum lesson_stop_kind {
    LESSON_SAY,    // a text; so is every mark() of a scenario that is no lesson
    LESSON_ASK,    // a question to answer
    LESSON_REVEAL, // the question's answer, after the machine has run
};

struct lesson_stop {
    enum lesson_stop_kind kind;
    u32 number;       // 1 for the first stop of the script
    const char *text; // LESSON_SAY: what is said; else the question
    // Where the viewer should look, "" or a list such as "2:sscratch 3:emulate 0": the number of
    // a pane ('v' stands for the choice of another VCPU), and perhaps a word that the pane
    // shows.
    const char *look;
    const struct lesson_question *question; // NULL for LESSON_SAY
    u32 line;                               // of the script
};

// Returns how many stops the script has come to.
u32 scenario_stops(const struct scenario *sc);
// Returns the stop at which the scenario waits; NULL unless scenario_state() is
// SCENARIO_STOPPED.
const struct lesson_stop *scenario_stop(const struct scenario *sc);
// To be called when the viewer wants to go on, with the index of the chosen answer (-1: no
// answer). Only LESSON_ASK looks at it. The next scenario_advance goes on.
void scenario_answer(struct scenario *sc, int choice);

#endif
