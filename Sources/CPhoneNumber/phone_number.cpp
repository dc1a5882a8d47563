#include "phone_number.h"

#include <cstring>
#include <set>
#include <string>

#include <phonenumbers/phonenumberutil.h>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

namespace {

phone_line line_of(PhoneNumberUtil::PhoneNumberType type) {
  switch (type) {
    case PhoneNumberUtil::FIXED_LINE:
    case PhoneNumberUtil::TOLL_FREE:
    case PhoneNumberUtil::PREMIUM_RATE:
    case PhoneNumberUtil::SHARED_COST:
    case PhoneNumberUtil::UAN:
    case PhoneNumberUtil::VOICEMAIL:
      return phone_line_voice_only;
    default:
      return phone_line_other;
  }
}

/// Whether the digits of a text begin with what is dialled before a number within the region.
bool has_trunk_prefix(const PhoneNumberUtil &util, const std::string &text, const char *region) {
  std::string prefix, digits;
  util.GetNddPrefixForRegion(region, true, &prefix);
  for (char c : text)
    if (c >= '0' && c <= '9') digits += c;
  return !prefix.empty() && digits.compare(0, prefix.size(), prefix) == 0;
}

bool copy(const std::string &text, char *buffer, size_t size) {
  if (text.size() >= size) return false;
  std::memcpy(buffer, text.c_str(), text.size() + 1);
  return true;
}

}  // namespace

phone_reading phone_read(const char *text, size_t length, const char *region) {
  const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
  phone_reading reading = {};
  PhoneNumber number;
  switch (util.ParseAndKeepRawInput(std::string(text, length), region ? region : "ZZ", &number)) {
    case PhoneNumberUtil::NO_PARSING_ERROR:
      break;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
      reading.outcome = phone_no_country;
      return reading;
    case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
    case PhoneNumberUtil::TOO_SHORT_NSN:
    case PhoneNumberUtil::TOO_LONG_NSN:
      reading.outcome = phone_impossible;
      return reading;
    default:
      reading.outcome = phone_unreadable;
      return reading;
  }
  reading.is_international = number.country_code_source() != PhoneNumber::FROM_DEFAULT_COUNTRY;
  reading.has_trunk_prefix =
      !reading.is_international && region && has_trunk_prefix(util, std::string(text, length), region);
  // IsPossibleNumber also takes what can be dialled within a town only.
  if (util.IsPossibleNumberWithReason(number) != PhoneNumberUtil::IS_POSSIBLE) {
    reading.outcome = phone_impossible;
    return reading;
  }
  reading.is_valid = util.IsValidNumber(number);
  reading.line = line_of(util.GetNumberType(number));
  const std::string extension = number.has_extension() ? number.extension() : "";
  number.clear_extension();
  std::string e164;
  util.Format(number, PhoneNumberUtil::E164, &e164);
  if (!copy(e164, reading.e164, sizeof reading.e164) || !copy(extension, reading.extension, sizeof reading.extension)) {
    reading = phone_reading{};
    reading.outcome = phone_unreadable;
  }
  return reading;
}

bool phone_knows_region(const char *region) {
  std::set<std::string> regions;
  PhoneNumberUtil::GetInstance()->GetSupportedRegions(&regions);
  return regions.count(region) > 0;
}
