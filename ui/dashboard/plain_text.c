// What the dashboard in lines prints. Read ui/dashboard/plain_text.h first.
#include "ui/dashboard/plain_text.h"
#include "isa/isa.h"
#include "ui/dashboard/banner.h"
#include "ui/dashboard/frame.h"
#include "ui/dashboard/pointing.h"
#include "ui/dashboard/story.h"
#include "ui/dashboard/words.h"
#include "ui/terminal/export.h"
#include "ui/terminal/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- what a command did

// "step 1,204  g1/v0  80400010 main+10: addi a0, a0, 7"
static void print_place(const struct dashboard *d)
{
    const struct model *m = &d->now;
    const struct vcpu_model *v = &m->vcpu;
    char steps[TEXT_NUMBER], who[48], code[64] = "";
    u32 pc = v->seen.state.pc, index = (pc - v->code_at) / 4;
    printf("step %s", text_grouped(m->steps, steps));
    if (m->forked)
        printf("  FORKED at %s", text_grouped(m->forked_at, steps));
    if (v->known && index < MODEL_CODE && v->code_known >> index & 1)
        isa_disasm(v->code[index], pc, m->profile, code, sizeof code);
    if (v->known)
        printf("  %s  %08x%s%s%s%s", words_vcpu(&v->path, v->index, who), pc,
               v->symbol[0] ? " " : "", v->symbol, code[0] ? ": " : "", code);
    putchar('\n');
}

static void print_end(const struct dashboard *d)
{
    static const char *const ends[RUN_STATES] = {
        [RUN_DONE] = "the scenario has come to its end",
        [RUN_FAILED] = "the script has an error",
        [RUN_LIMIT] = "the limit of steps is reached",
        [RUN_WAITING] = "every guest waits for input",
    };
    const struct model *m = &d->now;
    if (!ends[m->run])
        return;
    printf("%s%s%s", ends[m->run], m->error[0] ? ": " : "", m->error);
    if (m->run == RUN_DONE && m->checks_failed)
        printf(": %u of %u checks failed; the command scenario says which", m->checks_failed,
               m->checks_met);
    else if (m->run == RUN_DONE && m->checks_met)
        printf(": %u of %u checks passed", m->checks_met, m->checks_met);
    putchar('\n');
}

// What the banner of a screen would say now, whatever its length.
static void print_banner(const struct dashboard *d)
{
    struct screen_state state = d->state;
    struct cells c = {0};
    state.message[0] = state.note[0] = 0;
    state.banner_scroll = 0;
    int rows = banner_rows(&d->now, &state, PLAIN_COLUMNS) - 2; // without its frame
    if (rows <= 0 || !cells_resize(&c, rows, PLAIN_COLUMNS - 2))
        return;
    struct area area = area_all(&c);
    banner_draw(&d->now, &state, &area);
    export_cells(&c, THEME_MONO, EXPORT_TEXT, stdout);
    cells_free(&c);
}

static void print_stop(const struct dashboard *d)
{
    const struct lesson_stop *stop = d->now.stop;
    if (!stop)
        return;
    if (stop->kind == LESSON_REVEAL) { // the question, the person's choice, the reason
        printf("stop %u:\n", stop->number);
        print_banner(d);
        return;
    }
    printf("stop %u: %s\n", stop->number, stop->text);
    if (stop->kind != LESSON_ASK)
        return;
    for (u32 i = 0; i < stop->question->choices; i++)
        printf("  answer %u  %s\n", i + 1, stop->question->choice[i]);
    puts("  answer 0  skip the question");
}

static void print_findings(const struct findings *f)
{
    char steps[TEXT_NUMBER];
    printf("%s: %" PRIu64 "\n", f->title, f->total);
    for (u32 i = 0; i < f->count; i++)
        printf("%12s  %-8s %s\n", text_grouped(f->row[i].steps - f->row[i].began, steps),
               f->row[i].who, f->row[i].text);
}

// The phase of the story that a person has stepped to.
static void print_phase(const struct dashboard *d)
{
    const struct trap_row *row = model_trap(&d->now);
    u32 chosen = pointing_phase(&d->now, &d->state);
    struct story story;
    if (!row || !chosen)
        return;
    story_tell(&d->now, row, &story);
    if (chosen > story.count)
        return;
    const struct story_phase *phase = &story.phase[chosen - 1];
    printf("phase %u of %u: %s: %s", chosen, story.count, phase->who, phase->text);
    if (phase->cost)
        printf(", %u cycles", phase->cost);
    putchar('\n');
}

void plain_outcome(struct dashboard *d, u64 traps, u32 generation, const struct findings *findings,
                   bool was_over)
{
    const struct trap_row *row = traplog_row(d->now.log, d->now.log->traps);
    char why[256];
    if (row && (d->now.log->traps != traps || d->now.generation != generation))
        printf("trap %" PRIu64 ": %s\n", row->number,
               words_why(row, d->now.profile, (int)sizeof why, why));
    if (d->findings && d->findings != findings)
        print_findings(d->findings);
    print_place(d);
    print_phase(d);
    print_stop(d);
    print_end(d);
    if (!was_over && banner_is_end(&d->now, &d->state))
        print_banner(d); // of a lesson: what was predicted, what to try, what to think of
    if (d->state.message[0])
        puts(d->state.message);
    if (d->state.note[0])
        puts(d->state.note);
}

// ---- what a screen shows

void plain_screen(struct dashboard *d)
{
    d->state.message[0] = 0;
    if (!cells_resize(&d->cells, PLAIN_ROWS, PLAIN_COLUMNS))
        return;
    frame_draw(&d->cells, &d->now, &d->before, &d->state);
    export_cells(&d->cells, THEME_MONO, EXPORT_TEXT, stdout);
}

// Prints the text and leaves out rows without words, but for one between two parts.
static void print_without_gaps(const char *text)
{
    for (bool gap = false; *text;) {
        size_t length = strcspn(text, "\n");
        bool blank = strspn(text, " ") >= length;
        if (!blank && gap)
            putchar('\n');
        if (!blank)
            printf("%.*s\n", (int)length, text);
        gap = blank;
        text += length + (text[length] == '\n');
    }
}

bool plain_pane(struct dashboard *d, int key)
{
    enum pane_id pane = 0;
    while (pane < PANES && (!key || panes[pane]->key != key))
        pane++;
    if (pane == PANES)
        return false;
    // A screen reader would read a frame aloud, and each empty row.
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    if (to && cells_resize(&d->cells, PLAIN_ROWS, PLAIN_COLUMNS)) {
        d->state.message[0] = 0;
        d->state.focus = (u8)pane;
        frame_draw_pane(&d->cells, pane, &d->now, &d->before, &d->state);
        export_cells(&d->cells, THEME_MONO, EXPORT_TEXT, to);
    }
    if (to && fclose(to) == 0)
        print_without_gaps(text);
    free(text);
    return true;
}
