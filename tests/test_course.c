// The course: the lessons have their order, their texts fit the screen and use words that the reader
// knows. tests/test_lessons.sh runs the lessons; tests/test_lesson.c tests their language.
// Read next: scenarios/lessons/01-one-trap.lua.
#include "isa/isa.h"
#include "scenarios/host/glossary.h"
#include "scenarios/script/lesson.h"
#include "tests/suite.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_AT_ONCE 100000
#define WORD_MOST 40

// A banner has three lines of 74 columns, a question one and a half.
enum { SAY_MOST = 240, QUESTION_MOST = 120, CHOICE_MOST = 40, WHY_MOST = 150 };

// ---- going through the lessons

// Follows each lesson to its end, and calls `visit` at each stop and, with stop NULL, at the end.
static void follow_all(void (*visit)(const struct lesson *lesson, const struct lesson_stop *stop))
{
    struct scenario_entry *list;
    u32 count = scenario_list(&list);
    for (u32 i = 0; i < count; i++) {
        if (!list[i].lesson)
            continue;
        char error[WORLD_ERROR];
        enum status why;
        struct scenario_options options = {.follow = true};
        struct scenario *sc = scenario_open(list[i].path, &options, &why, error, sizeof error);
        CU_ASSERT_PTR_NOT_NULL_FATAL(sc);
        enum scenario_status status = SCENARIO_RUNNING;
        while (status == SCENARIO_RUNNING || status == SCENARIO_STOPPED) {
            status = scenario_advance(sc, STEPS_AT_ONCE);
            if (status != SCENARIO_STOPPED)
                continue;
            visit(scenario_lesson(sc), scenario_stop(sc));
            scenario_answer(sc, 0);
        }
        CU_ASSERT_EQUAL(status, SCENARIO_DONE);
        visit(scenario_lesson(sc), NULL);
        scenario_close(sc);
    }
    scenario_list_free(list, count);
}

// Like CU_ASSERT, but names the lesson and the text of which `holds` is false.
static void expect(bool holds, const struct lesson *lesson, const char *what, const char *text)
{
    if (!holds)
        fprintf(stderr, "# lesson %u: %s: %s\n", lesson->number, what, text);
    CU_ASSERT(holds);
}

// ---- the course as a whole

static void the_lessons_are_numbered_in_their_order(void)
{
    struct scenario_entry *list;
    u32 count = scenario_list(&list), lessons = 0;
    for (u32 i = 0; i < count; i++) {
        if (!list[i].lesson)
            continue;
        const char *name = strrchr(list[i].path, '/') + 1;
        CU_ASSERT_EQUAL(list[i].lesson, ++lessons);
        CU_ASSERT_EQUAL(strtoul(name, NULL, 10), lessons);
        CU_ASSERT(list[i].minutes > 0 && list[i].minutes <= 15);
        CU_ASSERT(!strncmp(list[i].section, "16.", 3));
        CU_ASSERT(*list[i].idea && *list[i].description);
    }
    CU_ASSERT_EQUAL(lessons, 17);
    scenario_list_free(list, count);
}

static void check_end(const struct lesson *lesson, const struct lesson_stop *stop)
{
    if (stop)
        return;
    expect(lesson->questions > 0, lesson, "no question", lesson->title);
    expect(*lesson->discussion, lesson, "nothing to discuss", lesson->title);
    expect(lesson->tries > 0 && *lesson->tries_list[0].result, lesson, "nothing to try",
           lesson->title);
    for (u32 i = 0; i < lesson->questions; i++)
        expect(lesson->question[i].holds, lesson, "wrong answer key", lesson->question[i].text);
    for (u32 i = 0; i < lesson->more_count; i++) {
        char *path = scenario_find(lesson->more[i]);
        expect(path, lesson, "there is no scenario", lesson->more[i]);
        free(path);
    }
}

static void each_lesson_asks_reveals_and_ends_with_something_to_do(void)
{
    follow_all(check_end);
}

// ---- texts

static void check_length(const struct lesson *lesson, const char *text, size_t most)
{
    expect(*text && strlen(text) <= most, lesson, "too long, or empty", text);
}

static void check_lengths(const struct lesson *lesson, const struct lesson_stop *stop)
{
    if (!stop)
        return;
    if (stop->kind == LESSON_SAY) {
        check_length(lesson, stop->text, SAY_MOST);
        expect(*stop->look, lesson, "does not say where to look", stop->text);
    }
    if (stop->kind != LESSON_ASK)
        return;
    check_length(lesson, stop->text, QUESTION_MOST);
    for (u32 i = 0; i < stop->question->choices; i++) {
        check_length(lesson, stop->question->choice[i], CHOICE_MOST);
        check_length(lesson, stop->question->why[i], WHY_MOST);
    }
}

static void each_text_fits_its_place_on_the_screen(void)
{
    follow_all(check_lengths);
}

// ---- words

static char *plain_words; // tests/words.txt: "\nword\nword\n"

static bool is_plain(const char *word)
{
    char line[WORD_MOST + 3];
    snprintf(line, sizeof line, "\n%s\n", word);
    return strstr(plain_words, line);
}

// Is it a word of the glossary, or a part of one: "page" of "page table"?
static bool is_in_glossary(const char *word)
{
    const struct glossary_word *w;
    char text[96];
    if (glossary_find(word))
        return true;
    for (size_t i = 0; (w = glossary_at(i)); i++) {
        snprintf(text, sizeof text, "%s %s", w->name, w->also);
        for (char *part = strtok(text, " "); part; part = strtok(NULL, " "))
            if (!strcasecmp(part, word))
                return true;
    }
    return false;
}

// Is it an instruction, a CSR or a register? These are in the manual of the instruction set.
static bool is_of_the_machine(const char *word)
{
    for (int i = 0; i < 32; i++)
        if (!strcmp(isa_reg_names[i], word))
            return true;
    return isa_find(word) || isa_csr_named(word);
}

static void check_words_of(const struct lesson *lesson, const char *text)
{
    while (*text) {
        char word[WORD_MOST + 1];
        size_t length = 0;
        bool digits = false;
        for (; isalnum((unsigned char)*text) || *text == '-' || *text == '\''; text++) {
            digits |= isdigit((unsigned char)*text) != 0;
            if (length < WORD_MOST)
                word[length++] = *text;
        }
        text += *text != 0;
        word[length] = 0;
        char *end = strchr(word, '\''); // the guest's
        if (end)
            *end = 0;
        if (!*word || digits || is_in_glossary(word) || is_of_the_machine(word))
            continue;
        for (char *c = word; *c; c++)
            *c = (char)tolower((unsigned char)*c);
        expect(is_plain(word), lesson, "neither in the glossary nor in tests/words.txt", word);
    }
}

static void check_words(const struct lesson *lesson, const struct lesson_stop *stop)
{
    if (!stop) {
        check_words_of(lesson, lesson->title);
        check_words_of(lesson, lesson->idea);
        check_words_of(lesson, lesson->discussion);
    } else {
        check_words_of(lesson, stop->text);
    }
    if (!stop || stop->kind != LESSON_ASK)
        return;
    for (u32 i = 0; i < stop->question->choices; i++) {
        check_words_of(lesson, stop->question->choice[i]);
        check_words_of(lesson, stop->question->why[i]);
    }
}

static void each_word_is_plain_or_in_the_glossary(void)
{
    FILE *file = fopen("tests/words.txt", "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    plain_words = calloc(1, 1 << 16);
    CU_ASSERT_PTR_NOT_NULL_FATAL(plain_words);
    size_t size = fread(plain_words, 1, (1 << 16) - 1, file);
    CU_ASSERT(size > 100);
    fclose(file);
    follow_all(check_words);
    free(plain_words);
    plain_words = NULL;
}

const struct suite suite_course = {
    "course",
    (const struct test[]){
        {"the lessons are numbered in their order", the_lessons_are_numbered_in_their_order},
        {"each lesson asks, reveals and ends with something to do",
         each_lesson_asks_reveals_and_ends_with_something_to_do},
        {"each text fits its place on the screen", each_text_fits_its_place_on_the_screen},
        {"each word is plain or in the glossary", each_word_is_plain_or_in_the_glossary},
        {0},
    },
};
