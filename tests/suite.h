// A suite is one module's tests: tests/test_<module>.c ends in
//
//     const struct suite suite_<module> = {
//         "<module>", (const struct test[]){{"a sentence that is true", fn}, ..., {0}}};
//
// and the Makefile finds it by its file name. Assertions are CUnit's (CU_ASSERT_EQUAL,
// CU_ASSERT_FATAL, ...).
// Read next: tests/main.c.
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <CUnit/CUnit.h>

struct test {
    const char *name;
    void (*run)(void);
};

struct suite {
    const char *name;
    const struct test *tests; // closed by a row of zeroes
};

#endif
