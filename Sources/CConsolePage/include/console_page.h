#ifndef ROLLCALL_CONSOLE_PAGE_H
#define ROLLCALL_CONSOLE_PAGE_H

#include <stddef.h>

// The files of the console, as they stand in the folder page.

struct console_page_file {
  const char *name;
  const unsigned char *bytes;
  size_t count;
};

size_t console_page_file_count(void);
const struct console_page_file *console_page_file_at(size_t index);

#endif
