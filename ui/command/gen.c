// A tool of the build: writes the manual page and the completions of bash and zsh from the tables
// of ui/command/table.c and from the dashboard's table of keys. It runs on the machine that builds,
// so it is no part of the program.
//
// usage: command_gen man|bash|zsh
// Read next: ui/command/grade.c.
#include "ui/command/options.h"

#include <stdio.h>
#include <string.h>

// ---- the manual page, in the language of man(7)

// Prints text in which a hyphen is a hyphen to copy, a backslash is a backslash, and no line begins
// with a dot by accident.
static void roff(const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p == '-')
            fputs("\\-", stdout);
        else if (*p == '\\')
            fputs("\\e", stdout);
        else if (*p == '.' && p == text)
            fputs("\\&.", stdout);
        else
            putchar(*p);
    }
}

static void roff_line(const char *text)
{
    roff(text);
    putchar('\n');
}

static void man_options(const struct option_row *rows)
{
    char form[OPTION_FORM];
    for (; rows->name; rows++) {
        fputs(".TP\n.B ", stdout);
        roff_line(option_form(rows, form, sizeof form));
        roff(rows->help);
        if (rows->normal) {
            fputs(" (normally ", stdout);
            roff(rows->normal);
            putchar(')');
        }
        fputs(".\n", stdout);
    }
}

static void man_command(const struct command_row *row)
{
    printf(".SH TRAPEZE %s\n", row->name);
    for (const char *const *use = row->uses; *use; use++) {
        printf(".B trapeze %s\n", row->name);
        roff_line(*use);
        puts(".br");
    }
    puts(".PP");
    roff_line(row->text);
    man_options(row->options);
    puts(".PP\nExamples:");
    for (const struct example *e = row->examples; e->command; e++) {
        fputs(".TP\n.B ", stdout);
        roff_line(e->command);
        roff_line(e->help);
    }
    puts(".PP\nExit status:");
    roff_line(row->status);
}

// The keys of the dashboard, and the commands that do the same. The first row of a part is its
// heading alone.
static const struct key_row {
    const char *key, *command, *help;
} key_rows[] = {
#define GROUP(heading) {NULL, NULL, heading},
#define KEY(key, other, action, hint, label, short_name, command, help) {label, command, help},
#define ASK KEY
#include "ui/dashboard/keys.def"
#undef ASK
#undef KEY
#undef GROUP
};

static void man_keys(void)
{
    puts(".SH THE DASHBOARD\nEach key has a command of the same meaning. A colon opens the line\n"
         "for commands, and \\-\\-plain \\-\\-paused reads commands from standard input.");
    for (size_t i = 0; i < sizeof key_rows / sizeof *key_rows; i++) {
        const struct key_row *row = &key_rows[i];
        if (!row->key) {
            printf(".SS %s\n", row->help);
            continue;
        }
        fputs(".TP\n.B ", stdout);
        roff(row->key);
        printf("\\fR, \\fB:%s\n", row->command);
        roff(row->help);
        puts(".");
    }
}

static void write_man(void)
{
    puts(
        ".\\\" made by ui/command/gen.c\n"
        ".TH TRAPEZE 1 \"\" \"trapeze " TRAPEZE_VERSION "\" \"User Commands\"\n"
        ".SH NAME\ntrapeze \\- a trap\\-and\\-emulate hypervisor that you can watch\n"
        ".SH SYNOPSIS\n.B trapeze\n.br\n.B trapeze\n.I COMMAND\n[OPTIONS]\n"
        ".SH DESCRIPTION\n"
        "trapeze simulates a computer with a small RISC\\-V\\-like instruction set, and a virtual\n"
        "machine monitor (VMM) that runs unmodified guest kernels on it. It shows each trap: who\n"
        "took it, why, what the VMM did about it, and what it cost.\n.PP\n"
        "Without a command, trapeze opens a menu of the scenarios that come with it. The "
        "commands:");
    for (const struct command_row *row = command_rows; row->name; row++)
        printf(".TP\n.B %s\n%s\n", row->name, row->summary);
    puts(".PP\nEvery command has these options:");
    man_options(common_rows);
    for (const struct command_row *row = command_rows; row->name; row++)
        man_command(row);
    man_keys();
    puts(".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nIf it is set, the dashboard has no colours.\n"
         ".SH SEE ALSO\nThe README files of the source tree; in an installation,\n"
         "scenarios/README.md and labs/README.md below share/trapeze.");
}

// ---- what a shell offers after a word

static const char *const operand_names[] = {[OPERAND_SCENARIO] = "scenario",
                                            [OPERAND_IMAGE] = "image",
                                            [OPERAND_LAB] = "lab",
                                            [OPERAND_FILE] = "file",
                                            [OPERAND_WORD] = "name"};

static void print_choices(const char *const *choices)
{
    for (; *choices; choices++)
        printf("%s%s", *choices, choices[1] ? " " : "");
}

static bool names_a_file(const struct option_row *row)
{
    return row->kind == OPTION_FILE || row->kind == OPTION_FOLDER;
}

// ---- bash

static void bash_options(const struct option_row *rows)
{
    for (; rows->name; rows++)
        printf(" --%s", rows->name);
}

// The case that answers what can follow an option of this command.
static void bash_values(const struct command_row *command)
{
    for (const struct option_row *row = command->options; row->name; row++) {
        if (row->kind == OPTION_FLAG)
            continue;
        printf("    %s:--%s", command->name, row->name);
        if (row->letter)
            printf(" | %s:-%c", command->name, row->letter);
        fputs(") ", stdout);
        if (row->choices) {
            fputs("_trapeze_words \"", stdout);
            print_choices(row->choices);
            puts("\"; return ;;");
        } else {
            puts(names_a_file(row) ? "_trapeze_files; return ;;" : "return ;;");
        }
    }
}

static const char bash_head[] =
    "# bash completion for trapeze, made by ui/command/gen.c\n"
    "_trapeze_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$word\"); }\n"
    "_trapeze_files() { compopt -o filenames 2>/dev/null\n"
    "    mapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < <(compgen -f -- \"$word\"); }\n"
    "# Offers the names that the program itself lists, and files.\n"
    "_trapeze_scenario() { _trapeze_words \"$(\"$program\" 2>/dev/null </dev/null |\n"
    "    sed -n 's,^  *\\([a-z0-9-]*\\)   *.*,\\1,p')\"; _trapeze_files; }\n"
    "_trapeze_lab() { _trapeze_words \"$(\"$program\" grade --list 2>/dev/null |\n"
    "    sed 's/ .*//')\"; _trapeze_files; }\n"
    "_trapeze_name() { _trapeze_words \"$(\"$program\" isa --names 2>/dev/null | cut -f1)\"; }\n"
    "_trapeze_image() { _trapeze_words 'hello kite'; _trapeze_files; }\n"
    "_trapeze_file() { _trapeze_files; }\n"
    "_trapeze() {\n"
    "    local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} "
    "before=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    local command=${COMP_WORDS[1]}\n"
    "    COMPREPLY=()\n";

static void write_bash(void)
{
    fputs(bash_head, stdout);
    fputs("    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        _trapeze_words \"", stdout);
    for (const struct command_row *row = command_rows; row->name; row++)
        printf("%s ", row->name);
    puts("--help --version\"\n        return\n    fi\n    case $command:$before in");
    for (const struct command_row *row = command_rows; row->name; row++)
        bash_values(row);
    puts("    esac\n    case $command:$word in");
    for (const struct command_row *row = command_rows; row->name; row++) {
        printf("    %s:-*) _trapeze_words \"", row->name);
        bash_options(row->options);
        bash_options(common_rows);
        printf("\" ;;\n    %s:*) _trapeze_%s ;;\n", row->name, operand_names[row->operand]);
    }
    puts("    esac\n}\ncomplete -F _trapeze trapeze");
}

// ---- zsh

// Text inside an _arguments specification: a colon, a bracket or a quote would end a part of it.
static void zsh_text(const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (strchr(":[]\\", *text))
            printf("\\%c", *text);
        else
            putchar(*text);
    }
}

static void zsh_value(const struct option_row *row)
{
    if (row->kind == OPTION_FLAG)
        return;
    printf(":%s:", row->value ? row->value : "WORD");
    if (row->choices) {
        putchar('(');
        print_choices(row->choices);
        putchar(')');
    } else if (names_a_file(row)) {
        fputs(row->kind == OPTION_FOLDER ? "_files -/" : "_files", stdout);
    } else {
        putchar(' ');
    }
}

static void zsh_options(const struct option_row *rows)
{
    for (; rows->name; rows++) {
        fputs(" \\\n            '", stdout);
        if (rows->letter)
            printf("(-%c --%s)'{-%c,--%s}'", rows->letter, rows->name, rows->letter, rows->name);
        else
            printf("--%s", rows->name);
        putchar('[');
        zsh_text(rows->help);
        putchar(']');
        zsh_value(rows);
        putchar('\'');
    }
}

static const char zsh_head[] =
    "#compdef trapeze\n"
    "# zsh completion for trapeze, made by ui/command/gen.c\n"
    "_trapeze_scenario() { compadd -- ${(f)\"$($words_of_line[1] 2>/dev/null </dev/null |\n"
    "    sed -n 's,^  *\\([a-z0-9-]*\\)   *.*,\\1,p')\"}; _files }\n"
    "_trapeze_lab() { compadd -- ${(f)\"$($words_of_line[1] grade --list 2>/dev/null |\n"
    "    sed 's/ .*//')\"}; _files }\n"
    "_trapeze_name() { compadd -- ${(f)\"$($words_of_line[1] isa --names 2>/dev/null | cut -f1)\"} "
    "}\n"
    "_trapeze_image() { compadd -- hello kite; _files }\n"
    "_trapeze_file() { _files }\n"
    "_trapeze() {\n"
    "    local -a words_of_line=($words) commands=(\n";

static void write_zsh(void)
{
    fputs(zsh_head, stdout);
    for (const struct command_row *row = command_rows; row->name; row++) {
        printf("        '%s:", row->name);
        zsh_text(row->summary);
        puts("'");
    }
    puts("    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        "
         "return\n"
         "    fi\n    shift words\n    (( CURRENT-- ))\n    case $words[1] in");
    for (const struct command_row *row = command_rows; row->name; row++) {
        printf("    %s)\n        _arguments", row->name);
        zsh_options(row->options);
        zsh_options(common_rows);
        printf(" \\\n            '*:%s:_trapeze_%s' ;;\n", operand_names[row->operand],
               operand_names[row->operand]);
    }
    puts("    esac\n}\n_trapeze \"$@\"");
}

int main(int argc, char **argv)
{
    const char *what = argc == 2 ? argv[1] : "";
    if (!strcmp(what, "man"))
        write_man();
    else if (!strcmp(what, "bash"))
        write_bash();
    else if (!strcmp(what, "zsh"))
        write_zsh();
    else
        return STATUS_USAGE;
    return STATUS_DONE;
}
