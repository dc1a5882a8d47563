import Testing
@testable import ProvisioningRules

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
    #expect(PhoneNumber.e164(text).flatMap { PhoneNumber.e164($0) } == text)
  }
}

@Suite("Telephone numbers of a default country")
struct HomeNumberTests {
  @Test(
    "Given a number as people write it at home, it gets the country's code",
    arguments: [
      ("US", "(555) 010-1234", "+15550101234"), ("US", "1-555-010-1234", "+15550101234"),
      ("US", "555.010.1234 x12", "+15550101234;ext=12"), ("US", "011 44 20 7946 1000", "+442079461000"),
      ("CA", "555 010 1234", "+15550101234"),
      ("GB", "020 7946 1000", "+442079461000"), ("GB", "00 1 555 010 1234", "+15550101234"),
      ("GB", "+1 555 010 1234", "+15550101234"),
      ("DE", "030/901820", "+4930901820"), ("DE", "0151 23456789", "+4915123456789"),
      ("FR", "01 23 45 67 89", "+33123456789"), ("FR", "1 23 45 67 89", "+33123456789"),
      ("IT", "06 1234567", "+39061234567"), ("IT", "340 1234567", "+393401234567"),
      ("ES", "912 345 678", "+34912345678"), ("CH", "044 668 18 00", "+41446681800"),
      ("HU", "06 30 123 4567", "+36301234567"), ("RU", "8 (495) 123-45-67", "+74951234567"),
      ("RU", "495 123-45-67", "+74951234567"), ("RU", "800 123-45-67", "+78001234567"),
      ("AU", "02 9876 5432", "+61298765432"), ("AU", "0011 1 555 010 1234", "+15550101234"),
      ("JP", "03-1234-5678", "+81312345678"), ("BR", "(011) 91234-5678", "+5511912345678"),
    ])
  func completed(_ country: String, _ text: String, _ number: String) throws {
    let plan = try #require(NumberingPlan(country: country))
    #expect(PhoneNumber.e164(text, home: plan) == number)
  }

  @Test(
    "Given less or more than a number of the country, nothing is guessed",
    arguments: [
      ("US", "010-1234"), ("US", "555 010 12345"), ("US", "911"), ("GB", "7946 1000"), ("GB", "20 7946 1000"),
      ("GB", "1000"), ("DE", "901820"), ("DE", "00"), ("FR", "1234"), ("ES", "0912 345 678"), ("AU", "9876 5432"),
      ("HK", "001 44 20 7946 1000"), ("BR", "0015 11 91234 5678"), ("US", "555 010 1234 or later"),
    ])
  func incomplete(_ country: String, _ text: String) throws {
    let plan = try #require(NumberingPlan(country: country))
    #expect(PhoneNumber.e164(text, home: plan) == nil)
  }

  @Test("Every country of the table has codes of digits, and a number of its own length becomes one of E.164")
  func table() throws {
    #expect(NumberingPlan.countries.count > 60)
    for country in NumberingPlan.countries {
      let plan = try #require(NumberingPlan(country: country))
      #expect(plan.country == country && country.count == 2)
      for length in plan.lengths {
        let own = String(repeating: "7", count: length)
        let number = try #require(PhoneNumber.e164(plan.trunkPrefix + own, home: plan), "\(country) \(length)")
        #expect(number == "+" + plan.callingCode + own)
        #expect(PhoneNumber.e164(number, home: plan) == number)
      }
    }
    #expect(NumberingPlan(country: "XX") == nil && NumberingPlan(country: "us") == nil)
  }

  @Test("Italy keeps its zero, wherever one calls from")
  func italy() {
    #expect(PhoneNumber.e164("+39 (0)6 1234567") == "+39061234567")
    #expect(PhoneNumber.e164("+44 (0)20 7946 1000") == "+442079461000")
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
