#ifndef ROLLCALL_PHONE_NUMBER_H
#define ROLLCALL_PHONE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What kind of line a number belongs to, as far as it decides about text messages.
typedef enum {
  /// Not known, or one that may take text messages: mobile, fixed line or mobile, pager, VoIP, personal.
  phone_line_other = 0,
  /// Fixed line, toll-free, premium rate, shared cost, UAN, voice mail: takes no text messages.
  phone_line_voice_only = 1,
} phone_line;

typedef enum {
  phone_ok = 0,
  /// No text that can be a telephone number.
  phone_unreadable = 1,
  /// Neither a country code nor a region to take it from.
  phone_no_country = 2,
  /// Too short or too long for its country, or local to a town.
  phone_impossible = 3,
} phone_outcome;

typedef struct {
  phone_outcome outcome;
  /// The numbering plan of the country has such a number.
  bool is_valid;
  /// The country code was written, not taken from the region.
  bool is_international;
  /// The country code was not written, but what is dialled before a number within the country was.
  bool has_trunk_prefix;
  phone_line line;
  /// E.164 with `+`, without the extension; empty unless the outcome is `phone_ok`.
  char e164[32];
  /// Digits; empty when there is none.
  char extension[32];
} phone_reading;

/// Reads a number with libphonenumber. Safe to call from any thread.
/// @param text UTF-8 of `length` bytes.
/// @param region ISO 3166-1 alpha-2, or NULL when only numbers with a country code are taken.
phone_reading phone_read(const char *text, size_t length, const char *region);

/// Whether the library knows the numbering plan of a region.
bool phone_knows_region(const char *region);

#ifdef __cplusplus
}
#endif

#endif
