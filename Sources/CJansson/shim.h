#ifndef ROLLCALL_JANSSON_SHIM_H
#define ROLLCALL_JANSSON_SHIM_H

#include <jansson.h>

// Macros of jansson that Swift cannot import.

static inline size_t shim_real_precision(size_t digits) { return JSON_REAL_PRECISION(digits); }

#endif
