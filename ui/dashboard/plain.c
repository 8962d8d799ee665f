// A dashboard in lines of text. Read ui/dashboard/plain.h first.
#include "ui/dashboard/plain.h"
#include "ui/dashboard/actions.h"
#include "ui/dashboard/argument.h"
#include "ui/dashboard/commands.h"
#include "ui/dashboard/input.h"
#include "ui/dashboard/plain_text.h"
#include "ui/dashboard/work.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPEAT_MOST 1000000 // times that a number behind a command repeats it

// ---- commands that print what a screen shows

static void do_screen(struct dashboard *d, const char *rest)
{
    (void)rest;
    plain_screen(d);
}

static void do_pane(struct dashboard *d, const char *rest)
{
    if (!rest[0] || rest[1] || !plain_pane(d, *rest))
        puts("pane: the number of a pane is wanted, 0 to 9");
}

static void do_regs(struct dashboard *d, const char *rest)
{
    (void)rest;
    plain_pane(d, '2');
}

// Without an address, the walk of pane 6 is printed.
static void do_walk(struct dashboard *d, const char *rest)
{
    char line[PROMPT_SIZE];
    snprintf(line, sizeof line, "address %s", rest);
    if (*rest)
        dashboard_command(d, line);
    if (d->state.message[0]) // there is no such address
        return;
    dashboard_gather(d);
    plain_pane(d, '6');
}

static void do_answer(struct dashboard *d, const char *rest)
{
    const struct lesson_stop *stop = scenario_stop(d->drive.play.sc);
    u32 choices = stop && stop->kind == LESSON_ASK ? stop->question->choices : 0;
    u64 number;
    if (!choices) {
        puts("answer: there is no question now");
        return;
    }
    if (!argument_number(rest, 10, &number) || number > choices) {
        printf("answer: a number from 1 to %u is wanted, or 0 for no answer\n", choices);
        return;
    }
    playback_answer(&d->drive.play, (int)number - 1);
    drive_go(&d->drive, GOAL_RUN);
}

static void do_help(struct dashboard *d, const char *rest)
{
    (void)d;
    (void)rest;
    for (const struct binding *b = bindings; b->action; b++)
        if (b->action != ACTION_GROUP)
            printf("%-10s %s\n", b->command, b->help);
    puts("screen     print the whole screen\n"
         "pane N     print one pane; so do the names of panes: story, traps ...\n"
         "regs       print the instructions, registers and CSRs, as pane 2 shows them\n"
         "walk X     print the walk of an address through all page tables, as pane 6 shows it\n"
         "answer N   answer the question of a lesson; 0 skips it\n"
         "           an empty line repeats the last command, step 20 makes 20 steps,\n"
         "           Ctrl-C stops a run or a search");
}

static const struct {
    const char *name;
    bool asks; // it takes words behind its name
    void (*act)(struct dashboard *d, const char *rest);
} own[] = {{"screen", false, do_screen}, {"pane", true, do_pane},     {"regs", false, do_regs},
           {"walk", true, do_walk},      {"answer", true, do_answer}, {"help", false, do_help}};

// A command that chooses a pane on a screen prints the pane here. Returns false if it is another
// command.
static bool obey_pane(struct dashboard *d, const char *line)
{
    const struct binding *b = keys_command(line);
    return b && b->action == ACTION_PANE && plain_pane(d, b->key);
}

// Returns false if the line is none of these.
static bool obey_own(struct dashboard *d, const char *line)
{
    size_t length = strcspn(line, " ");
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (strlen(own[i].name) != length || strncmp(line, own[i].name, length))
            continue;
        const char *rest = line + length + strspn(line + length, " ");
        if (*rest && !own[i].asks)
            printf("%s: nothing is wanted behind the name of this command\n", own[i].name);
        else
            own[i].act(d, rest);
        return true;
    }
    return obey_pane(d, line);
}

// ---- the loop

// After going back, what was typed later comes again by itself.
static bool waits_for_person(const struct dashboard *d)
{
    const struct playback *p = &d->drive.play;
    return scenario_state(p->sc) == SCENARIO_WAITING && p->typed_next == p->typed_count;
}

// While a command is obeyed, Ctrl-C ends what it has set going. While a line is awaited, Ctrl-C
// ends the program, as everywhere. So the signal is held back, and asked for.
static void hold_interrupts(bool held)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigprocmask(held ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

static bool is_interrupted(void)
{
    const struct timespec at_once = {0};
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    return sigtimedwait(&set, NULL, &at_once) == SIGINT;
}

// A command that starts something is over when that is complete, or when only a person can go
// on.
static void work(struct dashboard *d)
{
    while (dashboard_has_work(d)) {
        dashboard_work(d, 100);
        if (waits_for_person(d))
            drive_go(&d->drive, GOAL_NONE);
        if (!is_interrupted())
            continue;
        if (d->search)
            dashboard_search_stop(d);
        drive_go(&d->drive, GOAL_NONE);
        dashboard_say(d, "Ctrl-C: stopped here");
        return;
    }
}

// For a command that needs words behind its name, or keys for a guest. Here they stand on the
// same line.
static void ask_for_words(struct dashboard *d)
{
    const struct binding *b = NULL;
    if (d->state.prompt.open) {
        d->state.prompt.text[strcspn(d->state.prompt.text, " ")] = 0;
        b = keys_command(d->state.prompt.text);
        if (!b)
            puts("the name of a command is wanted; help lists them");
    }
    if (d->state.typing)
        b = keys_command("input");
    if (b)
        printf("%s: words are wanted behind it: %s\n", b->command, b->help);
    d->state.prompt.open = d->state.typing = false;
}

// Returns false after `quit`.
static bool obey_once(struct dashboard *d, const char *line)
{
    d->state.message[0] = d->state.note[0] = 0;
    dashboard_forget_stale(d);
    if (!obey_own(d, line) && (dashboard_command(d, line) & REFRESH_QUIT))
        return false;
    ask_for_words(d);
    work(d);
    return true;
}

// "step 20" makes 20 steps: behind a command that takes nothing else, a number repeats it. Returns
// 1, and leaves `line` as it is, if there is none.
static unsigned long take_count(char *line)
{
    char *gap = strchr(line, ' '), *end;
    if (!gap || gap[1] < '1' || gap[1] > '9')
        return 1;
    *gap = 0;
    const struct binding *b = keys_command(line);
    unsigned long count = strtoul(gap + 1, &end, 10);
    if (b && b->action != ACTION_QUIT && b->action != ACTION_PANE && !b->asks && !*end &&
        count <= REPEAT_MOST)
        return count;
    *gap = ' ';
    return 1;
}

// Returns false after `quit`.
static bool obey(struct dashboard *d, const char *line)
{
    u64 traps = d->drive.play.log->traps;
    u32 generation = scenario_generation(d->drive.play.sc);
    const struct findings *findings = d->findings;
    bool was_over = d->now.run == RUN_DONE;
    char command[PROMPT_SIZE];
    snprintf(command, sizeof command, "%s", line);
    // A message, a stop of the script or its end is a reason not to go on.
    for (unsigned long count = take_count(command); count; count--) {
        if (!obey_once(d, command))
            return false;
        if (d->state.message[0] || scenario_stop(d->drive.play.sc))
            break;
    }
    dashboard_gather(d);
    plain_outcome(d, traps, generation, findings, was_over);
    return true;
}

// Copies a line without its end. Returns false, after a message, if it cannot be a command: nothing
// of it is obeyed then.
static bool read_command(const char *line, size_t length, char command[PROMPT_SIZE])
{
    if (length && line[length - 1] == '\n')
        length--;
    if (length && line[length - 1] == '\r')
        length--;
    if (length >= PROMPT_SIZE)
        printf("this line is too long: %d bytes at most are wanted; nothing was done\n",
               PROMPT_SIZE - 1);
    else if (memchr(line, 0, length))
        puts("this line has a byte of 0; nothing was done");
    else
        snprintf(command, PROMPT_SIZE, "%.*s", (int)length, line);
    return length < PROMPT_SIZE && !memchr(line, 0, length);
}

// The next line. An empty one stands for the command before.
static void converse(struct dashboard *d)
{
    char command[PROMPT_SIZE], last[PROMPT_SIZE] = "step", *line = NULL;
    size_t room = 0;
    ssize_t length;
    bool goes_on = true;
    dashboard_gather(d);
    puts("The dashboard in lines: help lists the commands, quit ends.");
    while (goes_on) {
        is_interrupted(); // one that came too late to end anything
        hold_interrupts(false);
        length = getline(&line, &room, stdin);
        hold_interrupts(true);
        if (length < 0)
            break;
        if (!read_command(line, (size_t)length, command))
            continue;
        if (command[0])
            memcpy(last, command, sizeof last);
        goes_on = obey(d, last);
    }
    free(line);
}

int plain_run(const char *path, const struct dashboard_options *options)
{
    char error[WORLD_ERROR];
    enum status why = STATUS_INTERNAL;
    struct dashboard *d = calloc(1, sizeof *d);
    struct scenario_options run = {.script = options->script,
                                   .seed = options->seed,
                                   .limit = options->limit,
                                   .engine = options->engine,
                                   .costs = options->costs};
    hold_interrupts(true);            // before there is any other thread: it inherits that
    setvbuf(stdout, NULL, _IOLBF, 0); // who reads a pipe waits for each answer
    if (!d || !drive_open(&d->drive, path, &run, &why, error, sizeof error)) {
        fprintf(stderr, "trapeze: %s\n", d ? error : "out of memory");
        free(d);
        return (int)why;
    }
    screen_state_reset(&d->state);
    drive_set_speed(&d->drive, drive_speed_fastest);
    d->film = options->film;
    d->rows = PLAIN_ROWS;
    d->columns = PLAIN_COLUMNS;
    d->wish.follow_hart = d->now.follow = true;
    d->now.chosen = 1;
    if (options->recording)
        playback_record(&d->drive.play, options->recording);
    converse(d);
    bool over = playback_is_over(&d->drive.play);
    int status = over ? (int)scenario_exit_status(d->drive.play.sc) : STATUS_DONE;
    dashboard_close(d);
    free(d);
    return status;
}
