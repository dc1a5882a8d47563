import TestSupport
import Testing

@testable import Provisioning

@Suite("Languages that xMatters refuses")
struct LanguageBookTests {
  @Test(
    "Given a code, it is tried first, then its first part, then none",
    arguments: [("en", ["en", nil]), ("en_US", ["en_US", "en", nil]), ("zh_Hant_TW", ["zh_Hant_TW", "zh", nil])])
  func candidates(_ code: String, _ expected: [String?]) async {
    #expect(await LanguageBook().candidates(for: code) == expected)
  }

  @Test("Given a refusal, the code is not tried again")
  func refused() async {
    let book = LanguageBook()
    await book.refuse("en_US")
    #expect(await book.candidates(for: "en_US") == ["en", nil])
    #expect(await book.candidates(for: "en_GB") == ["en_GB", "en", nil])
    await book.refuse("en")
    #expect(await book.candidates(for: "en_US") == [nil])
  }
}

@Suite("Users who cannot be found")
struct AbsenceWatchTests {
  private let start = FixedClock.start

  @Test("Given one sighting, an absence does not count; given a second some seconds later, it does")
  func twice() async {
    let watch = AbsenceWatch()
    #expect(await !watch.isConfirmed(.sample(1), at: start))
    #expect(await !watch.isConfirmed(.sample(1), at: start + .milliseconds(1999)))
    #expect(await watch.isConfirmed(.sample(1), at: start + .seconds(2)))
  }

  @Test("Given another user's absence, it does not count for this one")
  func separate() async {
    let watch = AbsenceWatch()
    #expect(await !watch.isConfirmed(.sample(1), at: start))
    #expect(await !watch.isConfirmed(.sample(2), at: start + .seconds(5)))
  }

  @Test("Given a user who was seen in between, the absence has to be seen twice again")
  func seenAgain() async {
    let watch = AbsenceWatch()
    #expect(await !watch.isConfirmed(.sample(1), at: start))
    await watch.forget(.sample(1))
    #expect(await !watch.isConfirmed(.sample(1), at: start + .seconds(5)))
  }
}
