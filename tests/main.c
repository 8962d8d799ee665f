// The unit test runner: every suite of tests/test_*.c (or, built with SUITES, of another folder),
// told one line a test
// ("ok suite: name"), closed by the count line.
//
// usage: unit [SUITE ...]   only the suites named
// Read next: tests/program.h.
#include "tests/suite.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>
#include <stdio.h>
#include <string.h>

#ifndef SUITES
#define SUITES "tests/suites.inc"
#endif

#define SUITE(name) extern const struct suite suite_##name;
#include SUITES
#undef SUITE

static const struct suite *const suites[] = {
#define SUITE(name) &suite_##name,
#include SUITES
#undef SUITE
};

static void tell(const CU_pTest test, const CU_pSuite suite, const CU_pFailureRecord failure)
{
    printf("%s %s: %s\n", failure ? "not ok" : "ok", suite->pName, test->pName);
    for (const CU_FailureRecord *f = failure; f; f = f->pNext)
        printf("#   %s:%u: %s\n", f->strFileName, f->uiLineNumber, f->strCondition);
    fflush(stdout);
}

static int is_wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], name))
            return 1;
    return argc == 1;
}

int main(int argc, char **argv)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 70;
    for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) {
        if (!is_wanted(suites[i]->name, argc, argv))
            continue;
        CU_pSuite s = CU_add_suite(suites[i]->name, NULL, NULL);
        for (const struct test *t = suites[i]->tests; t->name; t++)
            CU_add_test(s, t->name, t->run);
    }
    CU_set_test_complete_handler(tell);
    CU_run_all_tests();
    unsigned failed = CU_get_number_of_tests_failed();
    printf("%u passed, %u failed, 0 skipped\n", CU_get_number_of_tests_run() - failed, failed);
    CU_cleanup_registry();
    return failed != 0;
}
