#ifndef ROLLCALL_JANSSON_SHIM_H
#define ROLLCALL_JANSSON_SHIM_H

#include <jansson.h>
#if defined(__linux__) && defined(__GLIBC__)
// mallopt and malloc_trim: where jansson's trees live.
#include <malloc.h>
#endif

// Macros of jansson that Swift cannot import.

static inline size_t shim_real_precision(size_t digits) { return JSON_REAL_PRECISION(digits); }

#endif
