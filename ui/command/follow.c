// A lesson in lines of text. Read ui/command/follow.h and scenarios/script/lesson.h first.
// Read next: ui/command/gen.c.
#include "ui/command/follow.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WIDTH 78 // columns of a line of text

// Prints the text in lines of whole words: `first` begins the first line, spaces begin the others.
static void print_wrapped(const char *first, const char *text)
{
    int indent = (int)strlen(first), column = indent;
    fputs(first, stdout);
    while (*text) {
        int word = (int)strcspn(text, " ");
        bool fits = column + word < WIDTH;
        if (column > indent && fits)
            column += printf(" ");
        if (column > indent && !fits)
            column = printf("\n%*s", indent, "") - 1;
        column += printf("%.*s", word, text);
        text += word;
        text += strspn(text, " ");
    }
    putchar('\n');
}

static void print_title(const struct lesson *lesson)
{
    printf("\nLesson %" PRIu32 ": %s", lesson->number, lesson->title);
    if (*lesson->section)
        printf(" (%s)", lesson->section);
    if (lesson->minutes)
        printf(", %" PRIu32 " minutes", lesson->minutes);
    putchar('\n');
    if (*lesson->idea)
        print_wrapped("  ", lesson->idea);
}

// Reads a line of standard input. Returns the index of the choice, or -1.
static int read_choice(u32 choices)
{
    char line[64];
    bool at_terminal = isatty(STDIN_FILENO);
    if (at_terminal && !isatty(STDOUT_FILENO))
        return -1; // the person would not see the question
    printf("   Your prediction (1 to %" PRIu32 "; Enter skips): ", choices);
    fflush(stdout);
    bool read = fgets(line, sizeof line, stdin);
    if (!read || !at_terminal)
        putchar('\n');
    if (!read)
        return -1;
    char *end = line;
    long chosen = strtol(line, &end, 10);
    if (!end[strspn(end, " \t\r\n")] && chosen >= 1 && chosen <= (long)choices)
        return (int)chosen - 1;
    if (line[strspn(line, " \t\r\n")])
        printf("   A number from 1 to %" PRIu32 " was wanted, so this question is skipped.\n",
               choices);
    return -1;
}

static int ask(const struct lesson_question *q)
{
    char first[16];
    print_wrapped("?? ", q->text);
    for (u32 i = 0; i < q->choices; i++) {
        snprintf(first, sizeof first, "   %" PRIu32 ". ", i + 1);
        print_wrapped(first, q->choice[i]);
    }
    return read_choice(q->choices);
}

static void print_reason(const char *before, const struct lesson_question *q, u32 choice)
{
    char text[4096];
    size_t length = strlen(q->choice[choice]);
    bool sentence = length && strchr(".?!", q->choice[choice][length - 1]);
    snprintf(text, sizeof text, "%s%s%s %s", before, q->choice[choice], sentence ? "" : ".",
             q->why[choice]);
    print_wrapped("== ", text);
}

static void reveal(const struct lesson_question *q)
{
    bool wrong = q->answer >= 0 && (u32)q->answer != q->right;
    if (wrong)
        print_reason("You said: ", q, (u32)q->answer);
    print_reason(q->answer == (int)q->right ? "You are right: " : "The answer is: ", q, q->right);
    if (!q->holds)
        print_wrapped("== ", "But the machine shows something else: this lesson is wrong.");
}

void follow_stop(struct scenario *sc)
{
    const struct lesson_stop *stop = scenario_stop(sc);
    const struct lesson *lesson = scenario_lesson(sc);
    int choice = -1;
    if (lesson && stop->number == 1)
        print_title(lesson);
    // Outside lessons a stop is a mark, which is printed as an event already.
    if (stop->kind == LESSON_SAY && lesson)
        print_wrapped("-- ", stop->text);
    if (stop->kind == LESSON_ASK)
        choice = ask(stop->question);
    if (stop->kind == LESSON_REVEAL)
        reveal(stop->question);
    scenario_answer(sc, choice);
}

void follow_end(const struct scenario *sc)
{
    const struct lesson *lesson = scenario_lesson(sc);
    u32 right = 0, answered = 0;
    if (!lesson)
        return;
    for (u32 i = 0; i < lesson->questions; i++) {
        answered += lesson->question[i].answer >= 0;
        right += lesson->question[i].answer == (int)lesson->question[i].right;
    }
    if (answered)
        printf("%" PRIu32 " of %" PRIu32 " predictions were right.\n", right, lesson->questions);
    for (u32 i = 0; i < lesson->tries; i++) {
        print_wrapped("Try: ", lesson->tries_list[i].change);
        if (*lesson->tries_list[i].result)
            print_wrapped("     ", lesson->tries_list[i].result);
    }
    if (*lesson->discussion)
        print_wrapped("Discuss: ", lesson->discussion);
}
