import Testing
@testable import PhoneNumbers

@Suite("Telephone numbers with a country code")
struct PhoneNumberTests {
  @Test(
    "Given a number with its country code, it is brought to E.164",
    arguments: [
      ("+442079461000", "+442079461000"),
      ("+44 20 7946 1000", "+442079461000"),
      ("+44 (0)20 7946 1000", "+442079461000"),
      ("+44(0)20-7946-1000", "+442079461000"),
      ("+44 (020) 7946 0000", "+442079460000"),
      ("+44 0161 496 0000", "+441614960000"),
      ("+49 (030) 901820", "+4930901820"),
      ("+46 (08) 123 456 78", "+46812345678"),
      ("+81 (03) 1234 5678", "+81312345678"),
      ("0044 20 7946 1000", "+442079461000"),
      ("00 44 (0) 20 7946 1000", "+442079461000"),
      (" +1 (212) 555-0100 ", "+12125550100"),
      ("+1.212.555.0100", "+12125550100"),
      ("+49 30/901820", "+4930901820"),
      ("+39 (06) 1234567", "+39061234567"),
      ("+39 (0)6 1234567", "+39061234567"),
      ("+225 01 02 03 04 05", "+2250102030405"),
      ("+1 212 555 0100 x12", "+12125550100;ext=12"),
      ("+1 212 555 0100 ext. 12", "+12125550100;ext=12"),
      ("+1 212 555 0100 EXT 12", "+12125550100;ext=12"),
      ("+12125550100;ext=12", "+12125550100;ext=12"),
      ("+1 212 555 0100 \u{2212}ext.\u{2212}12", "+12125550100;ext=12"), ("+1 212 555 0100 #12", "+12125550100;ext=12"),
      ("Tel. +1 212 555 0100", "+12125550100"),
      ("tel:+12125550100", "+12125550100"),
    ])
  func international(_ text: String, _ number: String) throws {
    #expect(try PhoneNumber.read(text).e164 == number)
  }

  @Test(
    "Given what a copied number brings along, it is read all the same",
    arguments: [
      "\u{202D}+44 20 7946 1000\u{202C}", "\u{200B}+44 20 7946 1000", "+44 20\u{AD}7946\u{AD}1000",
      "\u{FEFF}+442079461000", "+44 20 7946 1000\n", "+44 20 7946 1000\r\n", "+44\u{2212}20\u{2212}7946\u{2212}1000",
      "+44\u{3000}20\u{3000}7946\u{3000}1000", "+44\u{A0}20\u{202F}7946\u{2011}1000", "＋４４２０７９４６１０００",
      "+٤٤٢٠٧٩٤٦١٠٠٠", "+44\t20 7946 1000",
    ])
  func copied(_ text: String) throws {
    #expect(try PhoneNumber.read(text).e164 == "+442079461000")
  }

  @Test(
    "Given two numbers in one text, none is chosen",
    arguments: [
      "+1 212 555 0100/0101", "+1 212 555 0100 / +1 212 555 0101", "+1 212 555 0100, +1 212 555 0101",
      "+1 212 555 0100; +1 212 555 0101", "+1 212 555 0100 or +1 212 555 0101", "+1 212 555 0100\n+1 212 555 0101",
      "+1 212 555 0100 | 0101", "+49 30 901820/21", "+1 212 555 0100 & 0101", "+44+2079461000", "++442079461000",
      "+1 212 555 0100,,123",
    ])
  func several(_ text: String) {
    #expect(throws: PhoneNumber.Problem.self) { try PhoneNumber.read(text) }
  }

  @Test(
    "Given no country code, or no number at all, nothing is guessed",
    arguments: [
      ("", .unreadable), (" ", .unreadable), ("+", .unreadable), ("020 7946 1000", .noCountry),
      ("7946 1000", .noCountry), ("+44 20 HELLO", .unreadable), ("call me", .unreadable),
      ("+49 30 1234 fax", .unreadable), ("+4420794610000000000", .incomplete), ("+44 20 7946", .incomplete),
      ("+0442079461000", .noCountry), ("000442079461000", .noCountry), ("44 +2079461000", .unreadable),
      ("+999 123 456 789", .noCountry), ("+12125550100 x", .unreadable),
      ("+12125550100 x12 or 13", .unreadable),
      (String(repeating: "1", count: 300), .unreadable),
    ] as [(String, PhoneNumber.Problem)])
  func refused(_ text: String, _ problem: PhoneNumber.Problem) {
    #expect(throws: problem) { try PhoneNumber.read(text) }
  }

  @Test("Given a number in E.164, it stays as it is", arguments: ["+442079461000", "+12125550100;ext=12"])
  func idempotent(_ text: String) throws {
    #expect(try PhoneNumber.read(PhoneNumber.read(text).e164).e164 == text)
  }

  @Test("Given a number that its country's plan lacks, it is possible and not valid")
  func possible() throws {
    let number = try PhoneNumber.read("+1 555 010 1234")
    #expect(number.e164 == "+15550101234" && !number.isValid && !number.isVoiceOnly)
  }

  @Test(
    "Given a fixed line or a service number, text messages do not arrive; elsewhere they may",
    arguments: [
      ("+44 20 7946 1000", true), ("+44 7700 900123", false), ("+1 212 555 0100", false), ("+1 800 555 0100", true),
      ("+49 30 901820", true), ("+49 151 23456789", false), ("+44 800 012 3456", true),
    ])
  func line(_ text: String, _ isVoiceOnly: Bool) throws {
    #expect(try PhoneNumber.read(text).isVoiceOnly == isVoiceOnly)
  }
}

@Suite("Telephone numbers as written at home")
struct HomeNumberTests {
  @Test(
    "Given a number as people write it at home, it gets the country's code",
    arguments: [
      ("US", "(212) 555-0100", "+12125550100"), ("US", "1-212-555-0100", "+12125550100"),
      ("US", "212.555.0100 x12", "+12125550100;ext=12"), ("US", "011 44 20 7946 1000", "+442079461000"),
      ("CA", "416 555 0100", "+14165550100"), ("GB", "020 7946 1000", "+442079461000"),
      ("GB", "00 1 212 555 0100", "+12125550100"), ("GB", "+1 212 555 0100", "+12125550100"),
      ("DE", "030/901820", "+4930901820"), ("DE", "0151 23456789", "+4915123456789"),
      ("FR", "01 23 45 67 89", "+33123456789"), ("IT", "06 1234567", "+39061234567"),
      ("IT", "340 1234567", "+393401234567"), ("ES", "912 345 678", "+34912345678"),
      ("CH", "044 668 18 00", "+41446681800"), ("HU", "06 30 123 4567", "+36301234567"),
      ("RU", "8 (495) 123-45-67", "+74951234567"), ("AU", "02 9876 5432", "+61298765432"),
      ("AU", "0011 1 212 555 0100", "+12125550100"), ("JP", "03-1234-5678", "+81312345678"),
      ("BR", "(011) 91234-5678", "+5511912345678"), ("CI", "01 02 03 04 05", "+2250102030405"),
    ])
  func completed(_ country: String, _ text: String, _ number: String) throws {
    let home = try #require(Country(country))
    #expect(try PhoneNumber.read(text, home: home).e164 == number)
  }

  @Test("Given a number with the zero that is dialled at home, it is completed, even if the plan lacks it")
  func trunk() throws {
    let home = try #require(Country("GB"))
    let number = try PhoneNumber.read("07700 900123", home: home)
    #expect(number.e164 == "+447700900123" && !number.isValid)
    #expect(throws: PhoneNumber.Problem.incomplete) { _ = try PhoneNumber.read("212 555 0100", home: home) }
  }

  @Test(
    "Given less or more than a number of the country, nothing is guessed",
    arguments: [
      ("US", "555-0100"), ("US", "212 555 01000"), ("US", "911"), ("GB", "7946 1000"), ("GB", "1000"),
      ("DE", "00"), ("FR", "1234"), ("ES", "0912 345 678 0"), ("AU", "9876 5432"), ("US", "(555) 010-1234"),
      ("US", "0044 20 7946 1000"), ("GB", "020 7946 1000/1001"),
    ])
  func incomplete(_ country: String, _ text: String) throws {
    let home = try #require(Country(country))
    #expect(throws: PhoneNumber.Problem.self) { try PhoneNumber.read(text, home: home) }
  }

  @Test("A country is named by its code, in any case")
  func countries() {
    #expect(Country("gb")?.code == "GB")
    #expect(Country("XX") == nil && Country("") == nil && Country("GBR") == nil && Country("001") == nil)
  }
}

@Suite("What texts were read as")
struct ReadingCacheTests {
  @Test("Given more texts than it holds, the answers stay right, and each country has its own")
  func generations() throws {
    let cache = ReadingCache(generation: 4)
    for round in 0..<3 {
      for number in 0..<10 {
        let text = "+1 212 555 010\(number)"
        #expect(try cache.reading(of: text, home: nil).get().e164 == "+1212555010\(number)", "round \(round)")
      }
    }
    let text = "020 7946 1000"
    #expect(throws: PhoneNumber.Problem.noCountry) { try cache.reading(of: text, home: nil).get() }
    #expect(try cache.reading(of: text, home: Country("GB")).get().e164 == "+442079461000")
  }
}
