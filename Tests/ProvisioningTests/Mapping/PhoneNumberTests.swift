import Provisioning
import Testing

@Suite("Telephone numbers")
struct PhoneNumberTests {
  @Test(
    "Given a number with its country code, it is brought to E.164",
    arguments: [
      ("+442079461000", "+442079461000"),
      ("+44 20 7946 1000", "+442079461000"),
      ("+44 (0)20 7946 1000", "+442079461000"),
      ("+44(0)20-7946-1000", "+442079461000"),
      ("0044 20 7946 1000", "+442079461000"),
      ("00 44 (0) 20 7946 1000", "+442079461000"),
      (" +1 (555) 010-1234 ", "+15550101234"),
      ("+1.555.010.1234", "+15550101234"),
      ("+49 30/901820", "+4930901820"),
      ("+1\u{A0}555\u{202F}010\u{2011}1234", "+15550101234"),
      ("+39 (06) 1234567", "+39061234567"),
      ("+1 555 010 1234 x12", "+15550101234;ext=12"),
      ("+1 555 010 1234 ext. 12", "+15550101234;ext=12"),
      ("+1 555 010 1234 EXT 12", "+15550101234;ext=12"),
      ("+15550101234;ext=12", "+15550101234;ext=12"),
      ("+1234567", "+1234567"),
      ("+123456789012345", "+123456789012345"),
    ])
  func international(_ text: String, _ number: String) {
    #expect(PhoneNumber.e164(text) == number)
  }

  @Test(
    "Given no country code, or no number at all, nothing is guessed",
    arguments: [
      "", " ", "+", "020 7946 1000", "7946 1000", "+44 20 HELLO", "call me", "+123456", "+1234567890123456",
      "+0442079461000", "000442079461000", "++442079461000", "+44+2079461000", "44 +2079461000",
      "+15550101234 x", "+15550101234 x12345678901", "+٤٤٢٠٧٩٤٦١٠٠٠", "tel:+15550101234",
      "+1 555 010 1234, +1 555 010 1235",
      "+15550101234#12",
    ])
  func refused(_ text: String) {
    #expect(PhoneNumber.e164(text) == nil)
  }

  @Test("Given a number in E.164, it stays as it is", arguments: ["+442079461000", "+15550101234;ext=12"])
  func idempotent(_ text: String) {
    #expect(PhoneNumber.e164(text).flatMap(PhoneNumber.e164) == text)
  }
}

@Suite("Names of guests")
struct GuestNameTests {
  @Test(
    "Given the user principal name of a guest, it is the address that was invited",
    arguments: [
      ("ada_home.example#EXT#@tenant.example", "ada@home.example"),
      ("ada_b_keita_home.example#EXT#@tenant.example", "ada_b_keita@home.example"),
      ("ada.keita#EXT#@tenant.example", "ada.keita"),
      ("_home.example#EXT#@tenant.example", "@home.example"),
      ("ada@home.example", "ada@home.example"),
      ("ada_b@home.example", "ada_b@home.example"),
      ("", ""),
    ])
  func original(_ name: String, _ expected: String) {
    #expect(GuestName.original(of: name) == expected)
  }
}
