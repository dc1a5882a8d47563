#include "console_page.h"

// #embed takes a millisecond and is followed by the build; 100 kB as an array literal of Swift take 14 s and 1 GB.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char api_js[] = {
#embed "page/api.js"
};
static const unsigned char app_js[] = {
#embed "page/app.js"
};
static const unsigned char attention_js[] = {
#embed "page/attention.js"
};
static const unsigned char audit_js[] = {
#embed "page/audit.js"
};
static const unsigned char chart_js[] = {
#embed "page/chart.js"
};
static const unsigned char configuration_js[] = {
#embed "page/configuration.js"
};
static const unsigned char console_css[] = {
#embed "page/console.css"
};
static const unsigned char dom_js[] = {
#embed "page/dom.js"
};
static const unsigned char entry_js[] = {
#embed "page/entry.js"
};
static const unsigned char format_js[] = {
#embed "page/format.js"
};
static const unsigned char icon_svg[] = {
#embed "page/icon.svg"
};
static const unsigned char index_html[] = {
#embed "page/index.html"
};
static const unsigned char live_js[] = {
#embed "page/live.js"
};
static const unsigned char log_js[] = {
#embed "page/log.js"
};
static const unsigned char overview_js[] = {
#embed "page/overview.js"
};
static const unsigned char people_js[] = {
#embed "page/people.js"
};
static const unsigned char picker_js[] = {
#embed "page/picker.js"
};
static const unsigned char shell_js[] = {
#embed "page/shell.js"
};
static const unsigned char sign_in_js[] = {
#embed "page/sign-in.js"
};

#define FILE_OF_PAGE(name, bytes) {name, bytes, sizeof bytes}

static const struct console_page_file files[] = {
    FILE_OF_PAGE("api.js", api_js),
    FILE_OF_PAGE("app.js", app_js),
    FILE_OF_PAGE("attention.js", attention_js),
    FILE_OF_PAGE("audit.js", audit_js),
    FILE_OF_PAGE("chart.js", chart_js),
    FILE_OF_PAGE("configuration.js", configuration_js),
    FILE_OF_PAGE("console.css", console_css),
    FILE_OF_PAGE("dom.js", dom_js),
    FILE_OF_PAGE("entry.js", entry_js),
    FILE_OF_PAGE("format.js", format_js),
    FILE_OF_PAGE("icon.svg", icon_svg),
    FILE_OF_PAGE("index.html", index_html),
    FILE_OF_PAGE("live.js", live_js),
    FILE_OF_PAGE("log.js", log_js),
    FILE_OF_PAGE("overview.js", overview_js),
    FILE_OF_PAGE("people.js", people_js),
    FILE_OF_PAGE("picker.js", picker_js),
    FILE_OF_PAGE("shell.js", shell_js),
    FILE_OF_PAGE("sign-in.js", sign_in_js),
};

size_t console_page_file_count(void) { return sizeof files / sizeof files[0]; }

const struct console_page_file *console_page_file_at(size_t index) { return &files[index]; }
