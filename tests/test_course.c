// The course: the lessons have their order, their texts fit the screen and use words that the
// reader knows. tests/test_lessons.sh runs the lessons; tests/test_lesson.c tests their language.
#include "isa/isa.h"
#include "isa/pseudo.h"
#include "scenarios/host/glossary.h"
#include "scenarios/script/lesson.h"
#include "tests/suite.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_AT_ONCE 100000
#define WORD_MOST 40
#define PLAIN_MOST (1 << 16) // bytes of tests/words.txt
#define LESSONS 20
#define BOOK_MOST 8192 // bytes of what one lesson says

// A banner has three lines of 74 columns, a question one and a half.
enum { SAY_MOST = 240, QUESTION_MOST = 120, CHOICE_MOST = 40, WHY_MOST = 150 };

// ---- going through the lessons

typedef void (*visitor)(void *context, const struct lesson *lesson, const struct lesson_stop *stop);

// Follows each lesson to its end, and calls `visit` at each stop and, with stop NULL, at the end.
static void follow_all(visitor visit, void *context)
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
            visit(context, scenario_lesson(sc), scenario_stop(sc));
            scenario_answer(sc, 0);
        }
        CU_ASSERT_EQUAL(status, SCENARIO_DONE);
        visit(context, scenario_lesson(sc), NULL);
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
    CU_ASSERT_EQUAL(lessons, LESSONS);
    scenario_list_free(list, count);
}

static void check_end(void *context, const struct lesson *lesson, const struct lesson_stop *stop)
{
    (void)context;
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
    follow_all(check_end, NULL);
}

// ---- texts

static void check_length(const struct lesson *lesson, const char *text, size_t most)
{
    expect(*text && strlen(text) <= most, lesson, "too long, or empty", text);
}

static void check_lengths(void *context, const struct lesson *lesson,
                          const struct lesson_stop *stop)
{
    (void)context;
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
    follow_all(check_lengths, NULL);
}

// ---- words

static bool is_plain(const char *plain_words, const char *word)
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
    for (const struct pseudo *row = isa_pseudos; row->name; row++)
        if (!strcmp(row->name, word))
            return true;
    return isa_find(word) || isa_csr_named(word);
}

static void check_words_of(const char *plain, const struct lesson *lesson, const char *text)
{
    while (*text) {
        char word[WORD_MOST + 1];
        size_t length = 0;
        bool digits = false;
        while (*text == '-')
            text++;
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
        expect(is_plain(plain, word), lesson, "neither in the glossary nor in tests/words.txt",
               word);
    }
}

static void check_words(void *plain, const struct lesson *lesson, const struct lesson_stop *stop)
{
    if (!stop) {
        check_words_of(plain, lesson, lesson->title);
        check_words_of(plain, lesson, lesson->idea);
        check_words_of(plain, lesson, lesson->discussion);
        for (u32 i = 0; i < lesson->tries; i++) {
            check_words_of(plain, lesson, lesson->tries_list[i].change);
            check_words_of(plain, lesson, lesson->tries_list[i].result);
        }
    } else {
        check_words_of(plain, lesson, stop->text);
    }
    if (!stop || stop->kind != LESSON_ASK)
        return;
    for (u32 i = 0; i < stop->question->choices; i++) {
        check_words_of(plain, lesson, stop->question->choice[i]);
        check_words_of(plain, lesson, stop->question->why[i]);
    }
}

// A meaning that needs a word of its own explains nothing.
static void check_meanings(const char *plain)
{
    const struct glossary_word *word;
    const struct lesson none = {0};
    for (size_t i = 0; (word = glossary_at(i)); i++)
        check_words_of(plain, &none, word->meaning);
}

static void each_word_is_plain_or_in_the_glossary(void)
{
    FILE *file = fopen("tests/words.txt", "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    char *plain = calloc(1, PLAIN_MOST + 1); // "\nword\nword\n"
    CU_ASSERT_PTR_NOT_NULL_FATAL(plain);
    CU_ASSERT(fread(plain, 1, PLAIN_MOST, file) < PLAIN_MOST);
    fclose(file);
    follow_all(check_words, plain);
    check_meanings(plain);
    free(plain);
}

// ---- the glossary names the lesson that shows a word

// What each lesson says, by its number.
struct book {
    char text[LESSONS + 1][BOOK_MOST];
};

static void write_down(char *page, const char *text)
{
    size_t used = strlen(page);
    CU_ASSERT(used + strlen(text) + 1 < BOOK_MOST);
    snprintf(page + used, BOOK_MOST - used, "%s\n", text);
}

static void write_stop(void *context, const struct lesson *lesson, const struct lesson_stop *stop)
{
    struct book *book = context;
    CU_ASSERT_FATAL(lesson->number <= LESSONS);
    char *page = book->text[lesson->number];
    write_down(page, stop ? stop->text : lesson->idea);
    write_down(page, stop ? "" : lesson->discussion);
    write_down(page, stop ? "" : lesson->tries_list[0].result);
    for (u32 i = 0; stop && stop->kind == LESSON_ASK && i < stop->question->choices; i++) {
        write_down(page, stop->question->choice[i]);
        write_down(page, stop->question->why[i]);
    }
}

// Does the text use the word? A text that says "emulated" or "policies" uses emulate and policy.
static bool uses(const char *text, const char *name)
{
    char stem[64];
    size_t length = strlen(name);
    CU_ASSERT_FATAL(length < sizeof stem);
    if (!length)
        return false;
    strcpy(stem, name);
    if (strchr("ey", stem[length - 1]))
        stem[length - 1] = 0;
    return strcasestr(text, stem);
}

static void each_word_of_the_glossary_is_used_by_the_lesson_that_it_names(void)
{
    const struct glossary_word *word;
    struct book *book = calloc(1, sizeof *book);
    CU_ASSERT_PTR_NOT_NULL_FATAL(book);
    follow_all(write_stop, book);
    for (size_t i = 0; (word = glossary_at(i)); i++) {
        CU_ASSERT_FATAL(word->lesson <= LESSONS);
        const char *text = book->text[word->lesson];
        const struct lesson named = {.number = (u32)word->lesson};
        expect(uses(text, word->name) || uses(text, word->also), &named, "does not use",
               word->name);
    }
    free(book);
}

const struct suite suite_course = {
    "course",
    (const struct test[]){
        {"the lessons are numbered in their order", the_lessons_are_numbered_in_their_order},
        {"each lesson asks, reveals and ends with something to do",
         each_lesson_asks_reveals_and_ends_with_something_to_do},
        {"each text fits its place on the screen", each_text_fits_its_place_on_the_screen},
        {"each word is plain or in the glossary", each_word_is_plain_or_in_the_glossary},
        {"each word of the glossary is used by the lesson that it names",
         each_word_of_the_glossary_is_used_by_the_lesson_that_it_names},
        {0},
    },
};
