// The glossary: each word is there once, under a name that a person can look up.
#include "scenarios/host/glossary.h"
#include "tests/suite.h"

#include <string.h>

static void each_word_is_found_by_its_name_and_its_other_form(void)
{
    const struct glossary_word *word;
    size_t i;
    for (i = 0; (word = glossary_at(i)); i++) {
        CU_ASSERT_PTR_EQUAL(glossary_find(word->name), word);
        if (*word->also)
            CU_ASSERT_PTR_EQUAL(glossary_find(word->also), word);
    }
    CU_ASSERT(i > 30);
    CU_ASSERT_PTR_NULL(glossary_at(i));
}

static void a_word_is_found_in_any_letter_case(void)
{
    const struct glossary_word *word = glossary_find("vcpu");
    CU_ASSERT_PTR_NOT_NULL_FATAL(word);
    CU_ASSERT_STRING_EQUAL(word->name, "VCPU");
    CU_ASSERT_PTR_EQUAL(glossary_find("Hidden Fault"), glossary_find("hidden fault"));
}

static void a_word_is_found_by_its_plural(void)
{
    CU_ASSERT_PTR_EQUAL(glossary_find("Hidden Faults"), glossary_find("hidden fault"));
    CU_ASSERT_PTR_EQUAL(glossary_find("switches"), glossary_find("switch"));
    CU_ASSERT_PTR_EQUAL(glossary_find("quanta"), glossary_find("quantum"));
}

static void what_is_no_word_is_not_found(void)
{
    CU_ASSERT_PTR_NULL(glossary_find(""));
    CU_ASSERT_PTR_NULL(glossary_find("s"));
    CU_ASSERT_PTR_NULL(glossary_find("shado"));
    CU_ASSERT_PTR_NULL(glossary_find("shadow "));
}

static void each_meaning_is_short_and_has_no_full_stop(void)
{
    const struct glossary_word *word;
    for (size_t i = 0; (word = glossary_at(i)); i++) {
        size_t length = strlen(word->meaning);
        CU_ASSERT(length > 15 && length <= 80);
        CU_ASSERT(word->meaning[length - 1] != '.');
        CU_ASSERT(strlen(word->name) <= GLOSSARY_NAME_MOST);
        CU_ASSERT(word->lesson >= 1);
    }
}

static void the_words_of_a_group_stand_together(void)
{
    const struct glossary_word *word, *later;
    for (size_t i = 0; (word = glossary_at(i)); i++) {
        bool left = false; // has the group of `word` ended?
        for (size_t j = i + 1; (later = glossary_at(j)); j++) {
            bool inside = !strcmp(later->group, word->group);
            CU_ASSERT_FALSE(left && inside);
            left |= !inside;
        }
    }
}

const struct suite suite_glossary = {
    "glossary",
    (const struct test[]){
        {"each word is found by its name and its other form",
         each_word_is_found_by_its_name_and_its_other_form},
        {"a word is found in any letter case", a_word_is_found_in_any_letter_case},
        {"a word is found by its plural", a_word_is_found_by_its_plural},
        {"what is no word is not found", what_is_no_word_is_not_found},
        {"each meaning is short and has no full stop", each_meaning_is_short_and_has_no_full_stop},
        {"the words of a group stand together", the_words_of_a_group_stand_together},
        {0},
    },
};
