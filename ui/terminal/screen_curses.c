// The screen on a terminal, made with ncurses. No other file includes curses. Read
// ui/terminal/screen.h first.
//
// If the terminal stops taking bytes in the middle of a frame, the frame is given up. What the
// terminal has of it is unknown, so the next frame is written as a whole.
//
// Curses has one terminal, and the handler of SIGTSTP has no parameter: so the screen is a global.
// Read next: ui/terminal/keyboard.h.
#include "ui/terminal/screen.h"
#include "ui/terminal/background.h"
#include "ui/terminal/leave.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#undef columns // term.h has a macro for a capability of that name

#define ANSWER_WAIT 25 // milliseconds before the first screen is drawn

#define PASTE_MARKS_ON "\033[?2004h"
#define PASTE_MARKS_OFF "\033[?2004l"

struct screen {
    SCREEN *curses;
    WINDOW *keys; // a pad: to read a key from it, unlike from stdscr, never writes a frame
    bool ascii;
    int colours;          // 0: mono
    enum theme wanted;    // may be THEME_AUTO,
    enum theme theme;     // and this one is used
    enum theme automatic; // dark or light: a guess, until the terminal answers
    struct keyboard keyboard;
    int early; // a key that came when the terminal's answer was waited for; KEY_NONE: none
    struct sigaction suspend; // what curses does at SIGTSTP
    bool cut_frame;           // the terminal has got only a part of the last frame
};

static struct screen terminal;

// ---- taking it

// What the terminal's description lacks; NULL: nothing.
static const char *lacking(void)
{
    int problem = 0;
    if (setupterm(NULL, STDOUT_FILENO, &problem) != OK)
        return "this kind of terminal (TERM) is not known";
    const char *lacks =
        cursor_address ? NULL : "this kind of terminal (TERM) cannot move its cursor";
    del_curterm(cur_term);
    return lacks;
}

bool screen_possible(const char **why)
{
    const char *term = getenv("TERM");
    *why = NULL;
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        *why = "standard input and output are not both a terminal";
    else if (!term || !*term)
        *why = "TERM is not set";
    else
        *why = lacking();
    return !*why;
}

static int colours_of(enum colour colour)
{
    const char *no_color = getenv("NO_COLOR");
    bool forbidden = colour == COLOUR_NEVER || (colour == COLOUR_AUTO && no_color && *no_color);
    if (forbidden || !has_colors() || start_color() != OK)
        return 0;
    use_default_colors();
    return COLOR_PAIRS > ROLES ? COLORS : 0;
}

static void set_pairs(const struct screen *s)
{
    if (s->colours < 8)
        return;
    for (int role = 0; role < ROLES; role++) {
        struct style style = theme_style((enum role)role, s->theme, s->colours);
        init_pair((short)(role + 1), style.foreground, style.background);
    }
}

void screen_set_theme(struct screen *s, enum theme theme)
{
    s->wanted = theme;
    s->theme = theme == THEME_AUTO ? s->automatic : theme;
    set_pairs(s);
    clearok(stdscr, TRUE);
}

enum theme screen_theme(const struct screen *s)
{
    return s->theme;
}

// Returns whether the screen looks different now.
static bool take_background(struct screen *s)
{
    bool light;
    if (!background_read(s->keyboard.answer, &light))
        return false;
    enum theme before = s->theme;
    s->automatic = light ? THEME_LIGHT : THEME_DARK;
    screen_set_theme(s, s->wanted);
    return s->theme != before;
}

// Asks for the colour of the background. A terminal nearby answers before the first screen is
// drawn, which then need not change. The answer of a terminal far away comes among the keys.
static void ask_background(struct screen *s)
{
    const char *question = background_question();
    if (!question || write(STDOUT_FILENO, question, strlen(question)) < 0 || s->wanted)
        return;
    int key = keyboard_key(&s->keyboard, ANSWER_WAIT);
    if (key == KEY_OF_ANSWER)
        take_background(s);
    else
        s->early = key;
}

// ---- what comes from it

static const struct {
    int from, to;
} key_names[] = {
    {KEY_UP, KEY_OF_UP},         {KEY_DOWN, KEY_OF_DOWN},
    {KEY_LEFT, KEY_OF_LEFT},     {KEY_RIGHT, KEY_OF_RIGHT},
    {KEY_HOME, KEY_OF_HOME},     {KEY_END, KEY_OF_END},
    {KEY_PPAGE, KEY_OF_PAGE_UP}, {KEY_NPAGE, KEY_OF_PAGE_DOWN},
    {KEY_BTAB, KEY_OF_BACK_TAB}, {KEY_BACKSPACE, KEY_OF_BACKSPACE},
    {KEY_DC, KEY_OF_DELETE},     {KEY_ENTER, KEY_OF_ENTER},
    {KEY_F(1), KEY_OF_HELP},     {KEY_RESIZE, KEY_OF_RESIZE},
};

// What the keyboard reads: bytes, and the keys that curses knows.
static int next_byte(void *context, int milliseconds)
{
    (void)context;
    wtimeout(terminal.keys, milliseconds);
    int got = wgetch(terminal.keys);
    if (got == ERR)
        return KEY_NONE;
    if (got <= 0xff)
        return got;
    for (size_t i = 0; i < sizeof key_names / sizeof *key_names; i++)
        if (key_names[i].from == got)
            return key_names[i].to;
    return KEY_OF_UNKNOWN;
}

// Makes the terminal give every byte at once, and all of them: Ctrl-S, too, which would otherwise
// stop the output, and with it us. Curses keeps this, so it holds again after a suspension.
static void give_all_bytes(void)
{
    struct termios t;
    cbreak();
    noecho();
    nonl();
    meta(terminal.keys, TRUE);
    if (tcgetattr(STDIN_FILENO, &t))
        return;
    t.c_iflag &= ~(tcflag_t)(IXON | ISTRIP);
    tcsetattr(STDIN_FILENO, TCSANOW, &t);
    def_prog_mode();
}

// Curses switches the reports of the mouse on and off. It would read them without a limit of time,
// so a report of which the end is lost would stop us: the keyboard reads them.
static void take_mouse(void)
{
    mouseinterval(0);
    mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
    define_key(NULL, KEY_MOUSE);
}

static void write_bytes(const char *bytes)
{
    ssize_t written = write(STDOUT_FILENO, bytes, strlen(bytes));
    (void)written; // what is written here is a request, and the terminal need not obey
}

// Curses suspends us and comes back. Meanwhile the shell has the terminal, and may know no marks.
static void on_suspend(int signal_number)
{
    write_bytes(PASTE_MARKS_OFF);
    terminal.suspend.sa_handler(signal_number);
    write_bytes(PASTE_MARKS_ON);
}

// Asks the terminal to mark where a paste begins and ends. Without the marks a paste is typing.
static void take_pastes(struct screen *s)
{
    write_bytes(PASTE_MARKS_ON);
    sigaction(SIGTSTP, NULL, &s->suspend);
    struct sigaction action = s->suspend;
    action.sa_handler = on_suspend;
    if (s->suspend.sa_handler != SIG_IGN && s->suspend.sa_handler != SIG_DFL)
        sigaction(SIGTSTP, &action, NULL);
}

static int give_back(void)
{
    write_bytes(PASTE_MARKS_OFF);
    return endwin();
}

// What gives the terminal back if curses cannot do it.
static void keep_bytes(void)
{
    leave_add_bytes("\033[?1000l\033[?1006l"); // mouse reports off
    leave_add_bytes(PASTE_MARKS_OFF);
    leave_add_bytes(exit_attribute_mode);
    leave_add_bytes(orig_pair);
    leave_add_bytes(cursor_normal);
    leave_add_bytes(keypad_local);
    leave_add_bytes(exit_ca_mode);
}

// A shell may have exported LINES and COLUMNS. They were right when it did so, and do not follow
// the window; curses would take them all the same. Only a terminal that does not tell its size
// needs them.
static void forget_old_size(void)
{
    struct winsize size = {0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col)
        return;
    unsetenv("LINES");
    unsetenv("COLUMNS");
}

struct screen *screen_open(enum colour colour, enum theme theme, bool ascii)
{
    const char *why;
    setlocale(LC_CTYPE, ""); // curses and nl_langinfo below need to know whether UTF-8 is used
    // The signals are caught before curses begins, which then leaves them alone.
    if (leave_is_taken() || !screen_possible(&why) || !leave_prepare())
        return NULL;
    forget_old_size();
    bool utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
    struct screen *s = &terminal;
    *s = (struct screen){.automatic = background_guess_light() ? THEME_LIGHT : THEME_DARK,
                         .curses = newterm(NULL, stdout, stdin),
                         .ascii = ascii || !utf8,
                         .early = KEY_NONE,
                         .keyboard = {.next = next_byte, .returned = KEY_NONE, .held = KEY_NONE}};
    if (s->curses)
        s->keys = newpad(1, 1);
    if (!s->keys) {
        leave_release();
        return NULL;
    }
    keep_bytes();
    leave_taken(give_back);
    give_all_bytes();
    intrflush(s->keys, FALSE);
    keypad(s->keys, TRUE);
    set_escdelay(KEYBOARD_GAP); // after it an ESC is the key Esc, not the start of another key
    take_mouse();
    take_pastes(s);
    s->colours = colours_of(colour);
    screen_set_theme(s, theme);
    ask_background(s);
    return s;
}

void screen_close(struct screen *s)
{
    if (!leave_is_taken())
        return;
    leave_now();
    sigaction(SIGTSTP, &s->suspend, NULL);
    delwin(s->keys);
    delscreen(s->curses);
    leave_release();
}

int screen_signal(void)
{
    return leave_signal() == SIGINT ? 0 : leave_signal();
}

// ---- showing

bool screen_is_ready(void)
{
    return leave_is_ready();
}

void screen_size(const struct screen *s, int *rows, int *columns)
{
    (void)s;
    getmaxyx(stdscr, *rows, *columns);
}

// `is_last`: the cell is the last one of its row.
static cchar_t terminal_cell(const struct screen *s, const struct cell *cell, bool is_last)
{
    struct style style = theme_style((enum role)cell->role, s->theme, s->colours);
    bool mono = s->colours < 8 || s->theme == THEME_MONO;
    u8 on = cell->attributes | style.attributes;
    if (mono && (cell->attributes & style.attributes & ATTRIBUTE_REVERSE))
        on &= (u8)~ATTRIBUTE_REVERSE; // reversed twice is not reversed
    attr_t attributes = (on & ATTRIBUTE_BOLD ? A_BOLD : 0) |
                        (on & ATTRIBUTE_REVERSE ? A_REVERSE : 0) |
                        (on & ATTRIBUTE_UNDERLINE ? A_UNDERLINE : 0);
    cchar_t to;
    wchar_t glyph[2] = {(wchar_t)cell->glyph, 0};
    // Curses may erase the end of a row instead of writing spaces, and not every terminal paints
    // the background of erased cells: bars would stop half-way. A no-break space is always written.
    bool painted = style.background >= 0 || on & ATTRIBUTE_REVERSE;
    if (is_last && painted && cell->glyph == ' ' && !s->ascii)
        glyph[0] = 0xa0;
    setcchar(&to, glyph, attributes, mono ? 0 : (short)(cell->role + 1), NULL);
    return to;
}

void screen_show(struct screen *s, struct cells *c)
{
    int rows, columns;
    screen_size(s, &rows, &columns);
    if (s->ascii)
        cells_to_ascii(c);
    if (c->columns < columns)
        columns = c->columns;
    cchar_t line[CELLS_SIDE_MAX];
    for (int row = 0; row < rows && row < c->rows; row++) {
        for (int column = 0; column < columns; column++)
            line[column] =
                terminal_cell(s, &c->at[row * c->columns + column], column == columns - 1);
        mvadd_wchnstr(row, 0, line, columns);
    }
    bool cursor = c->cursor_row >= 0 && c->cursor_row < rows && c->cursor_column < columns;
    curs_set(cursor);
    move(cursor ? c->cursor_row : rows - 1, cursor ? c->cursor_column : 0);
    if (s->cut_frame)
        clearok(stdscr, TRUE);
    s->cut_frame = !leave_write(refresh);
}

void screen_redraw(struct screen *s)
{
    (void)s;
    clearok(stdscr, TRUE);
}

// ---- keys

void screen_mouse(const struct screen *s, int *row, int *column)
{
    *row = s->keyboard.mouse_row;
    *column = s->keyboard.mouse_column;
}

static bool terminal_is_gone(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&input, 1, 0) > 0 && (input.revents & (POLLHUP | POLLERR | POLLNVAL));
}

int screen_key(struct screen *s, int milliseconds)
{
    if (leave_signal())
        return KEY_OF_HANGUP;
    int key = s->early;
    s->early = KEY_NONE;
    if (key == KEY_NONE)
        key = keyboard_key(&s->keyboard, milliseconds);
    if (leave_signal() || (key == KEY_NONE && terminal_is_gone()))
        return KEY_OF_HANGUP;
    if (key == KEY_OF_ANSWER)
        return take_background(s) ? KEY_OF_RESIZE : KEY_NONE;
    return key;
}
