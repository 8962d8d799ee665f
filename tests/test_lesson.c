// Lessons: what a script says, asks and reveals, with a viewer and without.
#include "tests/play.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

#define WORLD                                                                                   \
    "local g = guest{name = 'tiny', ram = '64K', source = '.globl _start\\n_start: li a0, 7\\n" \
    "next: li a0, 8\\ndone: j done'}\n"
#define LESSON "lesson{3, 'A title', section = '16.4', minutes = 8, more = {'two-guests'}}\n"
#define QUESTION                                                                      \
    "local q = ask{'What is a0?', 'seven', 'eight', right = 2, why = {'no', 'yes'}, " \
    "look = '2:a0'}\n"

static struct scenario *followed(const char *text)
{
    struct outcome o = {0};
    struct scenario_options options = {.seed = 1, .follow = true};
    struct scenario *sc = play_open(text, &options, &o);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sc);
    return sc;
}

static void a_lesson_stops_where_it_says_something(void)
{
    struct scenario *sc = followed(LESSON WORLD "say{'Look\\n   here.', look = '2:a0 3 v'}\n"
                                                "run{pc = 'done'} say 'Done.'\n");
    CU_ASSERT_PTR_NULL(scenario_stop(sc));
    CU_ASSERT_EQUAL(scenario_advance(sc, 1000), SCENARIO_STOPPED);
    const struct lesson *lesson = scenario_lesson(sc);
    CU_ASSERT_PTR_NOT_NULL_FATAL(lesson);
    CU_ASSERT_EQUAL(lesson->number, 3);
    CU_ASSERT_EQUAL(lesson->minutes, 8);
    CU_ASSERT_STRING_EQUAL(lesson->title, "A title");
    CU_ASSERT_STRING_EQUAL(lesson->section, "16.4");
    CU_ASSERT_STRING_EQUAL(lesson->idea, "");
    CU_ASSERT_STRING_EQUAL(lesson->more[0], "two-guests");
    const struct lesson_stop *stop = scenario_stop(sc);
    CU_ASSERT_EQUAL(stop->kind, LESSON_SAY);
    CU_ASSERT_EQUAL(stop->number, 1);
    CU_ASSERT_STRING_EQUAL(stop->text, "Look here.");
    CU_ASSERT_STRING_EQUAL(stop->look, "2:a0 3 v");
    CU_ASSERT_PTR_NULL(stop->question);
    // It waits until it is told to go on.
    CU_ASSERT_EQUAL(scenario_advance(sc, 1000), SCENARIO_STOPPED);
    scenario_answer(sc, -1);
    CU_ASSERT_PTR_NULL(scenario_stop(sc));
    CU_ASSERT_EQUAL(scenario_advance(sc, 1000), SCENARIO_STOPPED);
    CU_ASSERT_EQUAL(machine_steps(scenario_world(sc)->machine), 2);
    CU_ASSERT_STRING_EQUAL(scenario_stop(sc)->text, "Done.");
    scenario_answer(sc, -1);
    CU_ASSERT_EQUAL(scenario_advance(sc, 1000), SCENARIO_DONE);
    scenario_close(sc);
}

static struct lesson_question answered(const char *text, int choice)
{
    struct scenario *sc = followed(text);
    CU_ASSERT_EQUAL(scenario_advance(sc, 1000), SCENARIO_STOPPED);
    CU_ASSERT_EQUAL(scenario_stop(sc)->kind, LESSON_ASK);
    CU_ASSERT_STRING_EQUAL(scenario_stop(sc)->look, "2:a0");
    CU_ASSERT_STRING_EQUAL(scenario_stop(sc)->question->choice[1], "eight");
    scenario_answer(sc, choice);
    CU_ASSERT_EQUAL(scenario_advance(sc, 1000), SCENARIO_STOPPED);
    CU_ASSERT_EQUAL(scenario_stop(sc)->kind, LESSON_REVEAL);
    struct lesson_question q = *scenario_stop(sc)->question;
    scenario_answer(sc, -1);
    CU_ASSERT_EQUAL(scenario_advance(sc, 1000), SCENARIO_DONE);
    scenario_close(sc);
    return q;
}

static void a_question_keeps_the_viewers_answer(void)
{
    const char *text = LESSON WORLD QUESTION "run{pc = 'done'} reveal(q, g:reg('a0') == 8 and 2)\n";
    struct lesson_question q = answered(text, 0);
    CU_ASSERT_EQUAL(q.answer, 0);
    CU_ASSERT_EQUAL(q.right, 1);
    CU_ASSERT_TRUE(q.revealed && q.holds);
    CU_ASSERT_EQUAL(answered(text, 1).answer, 1);
    CU_ASSERT_EQUAL(answered(text, -1).answer, -1);
    CU_ASSERT_EQUAL(answered(text, 2).answer, -1);
}

static void without_a_viewer_nothing_stops_and_facts_are_checked(void)
{
    struct outcome o =
        play_whole(LESSON WORLD "say 'x'\n" QUESTION "run{pc = 'done'} reveal(q, g:reg('a0') - 6)\n"
                                "try{'this', 'that'} try 'more'\n");
    CU_ASSERT_EQUAL(o.state, SCENARIO_DONE);
    CU_ASSERT_EQUAL(o.exit, STATUS_DONE);
    CU_ASSERT_EQUAL(o.checks, 1);
    CU_ASSERT_EQUAL(o.passed, 1);
}

static void a_wrong_answer_key_fails_the_lesson(void)
{
    const char *const facts[] = {"1", "3", "nil", "true", "'2'", "2.5", "g:reg('a0') == 9 and 2"};
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        char text[1000];
        snprintf(text, sizeof text, LESSON WORLD QUESTION "run{pc = 'done'} reveal(q, %s)",
                 facts[i]);
        CU_ASSERT_EQUAL(play_whole(text).exit, STATUS_FAILED);
    }
    struct outcome o = play_whole(LESSON WORLD QUESTION "run{pc = 'done'}");
    CU_ASSERT_EQUAL(o.exit, STATUS_FAILED); // never revealed
    CU_ASSERT_EQUAL(o.checks, 1);
}

static void large_numbers_are_grouped(void)
{
    struct outcome o =
        play_whole("print(grouped(0), grouped(999), grouped(300004), grouped(1 << 40))");
    CU_ASSERT_STRING_EQUAL(o.printed, "0\t999\t300,004\t1,099,511,627,776\n");
    expect_error("grouped(-1)", "a number from 0 is wanted");
    expect_error("grouped(0.5)", "number has no integer representation");
}

static void marks_stop_for_a_viewer_outside_lessons(void)
{
    struct scenario *sc = followed(WORLD "run(1) mark 'here' on('any', function() end) run(1)");
    CU_ASSERT_EQUAL(scenario_advance(sc, 1000), SCENARIO_STOPPED);
    CU_ASSERT_STRING_EQUAL(scenario_stop(sc)->text, "here");
    CU_ASSERT_PTR_NULL(scenario_lesson(sc));
    scenario_answer(sc, -1);
    CU_ASSERT_EQUAL(scenario_advance(sc, 1000), SCENARIO_DONE);
    scenario_close(sc);
}

static void mistakes_of_a_lesson_are_told(void)
{
    expect_error("ask{'q', 'a', 'b', right = 1, why = {'', ''}}", "say lesson{...} first");
    expect_error(LESSON LESSON, "lesson{...} comes once");
    expect_error("lesson{1}", "the title of the lesson: a text");
    expect_error("lesson{0, 'x'}", "an integer from 1 to 1000");
    expect_error("lesson{1, 'x', minuts = 3}", "lesson has no field 'minuts'");
    expect_error(LESSON "say{'x', look = '12:a0'}", "look: places such as");
    expect_error(LESSON "say{'x', look = 'sscratch'}", "look: places such as");
    expect_error(LESSON "say(3)", "table expected");
    expect_error(LESSON "ask{'q', 'a', right = 1, why = {''}}", "needs 2 choices");
    expect_error(LESSON "ask{'q', '1', '2', '3', '4', '5', '6', '7', right = 1}",
                 "at most 6 choices");
    expect_error(LESSON "ask{'q', 'a', 'b', why = {'', ''}}", "the number of the right choice");
    expect_error(LESSON "ask{'q', 'a', 'b', right = 3, why = {'', ''}}", "from 1 to 2");
    expect_error(LESSON "ask{'q', 'a', 'b', right = 1, why = {''}}", "a reason for each of the 2");
    expect_error(LESSON "reveal(1, 1)", "question expected");
    expect_error(LESSON QUESTION "reveal(q, 2) reveal(q, 2)", "was revealed before");
    expect_error(LESSON "for i = 1, 40 do " QUESTION " end", "at most 32 questions");
}

static void the_catalogue_is_in_the_order_of_the_course(void)
{
    struct scenario_entry *list;
    u32 count = scenario_list(&list), lessons = 0, others = 0;
    for (u32 i = 0; i < count; i++) {
        const struct scenario_entry *e = &list[i];
        CU_ASSERT_TRUE(e->title && *e->title);
        if (e->lesson) {
            CU_ASSERT_EQUAL(e->lesson, ++lessons); // none is missing, and none comes after others
            CU_ASSERT_TRUE(e->minutes > 0 && *e->section && *e->idea);
            CU_ASSERT_EQUAL(others, 0);
        } else if (e->more_of) {
            CU_ASSERT_EQUAL(e->more_of, lessons); // it stands below its lesson
        } else {
            others++;
        }
    }
    CU_ASSERT_TRUE(lessons >= 17);
    CU_ASSERT_EQUAL(others, 0); // each of our scenarios belongs to a lesson
    scenario_list_free(list, count);
}

static void a_lesson_is_found_by_name_and_number(void)
{
    static const char *const names[] = {"1", "01-one-trap", "01-one-trap.lua", "two-guests"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = scenario_find(names[i]);
        CU_ASSERT_PTR_NOT_NULL(path);
        free(path);
    }
    static const char *const nobody[] = {"0", "99", "1x", "-1", "one-trap", "../README", ""};
    for (size_t i = 0; i < sizeof nobody / sizeof *nobody; i++) {
        char *path = scenario_find(nobody[i]);
        CU_ASSERT_PTR_NULL(path);
        free(path);
    }
}

const struct suite suite_lesson = {
    "lesson",
    (const struct test[]){
        {"a lesson stops where it says something", a_lesson_stops_where_it_says_something},
        {"a question keeps the viewer's answer", a_question_keeps_the_viewers_answer},
        {"without a viewer nothing stops, and facts are checked",
         without_a_viewer_nothing_stops_and_facts_are_checked},
        {"a wrong answer key fails the lesson", a_wrong_answer_key_fails_the_lesson},
        {"large numbers are grouped", large_numbers_are_grouped},
        {"marks stop for a viewer outside lessons", marks_stop_for_a_viewer_outside_lessons},
        {"mistakes of a lesson are told", mistakes_of_a_lesson_are_told},
        {"the catalogue is in the order of the course",
         the_catalogue_is_in_the_order_of_the_course},
        {"a lesson is found by name and number", a_lesson_is_found_by_name_and_number},
        {0},
    },
};
