@testable import ProvisioningModel
import TestSupport
import Testing
@testable import ProvisioningRules
@testable import Reconciler

@Suite("Languages that xMatters refuses")
struct LanguageBookTests {
  private let state = MemoryState()
  private let clock = FixedClock()

  /// As another process over the same state has it.
  private func book() -> LanguageBook { LanguageBook(state: state, clock: clock) }

  @Test(
    "Given a code, it is tried first, then its first part, then none",
    arguments: [("en", ["en", nil]), ("en_US", ["en_US", "en", nil]), ("zh_Hant_TW", ["zh_Hant_TW", "zh", nil])])
  func candidates(_ code: String, _ expected: [String?]) async throws {
    #expect(try await book().candidates(for: code) == expected)
  }

  @Test("Given a refusal, the code is not tried again")
  func refused() async throws {
    let book = book()
    await book.refuse(["en_US"])
    #expect(try await book.candidates(for: "en_US") == ["en", nil])
    #expect(try await book.candidates(for: "en_GB") == ["en_GB", "en", nil])
    await book.refuse(["en"])
    #expect(try await book.candidates(for: "en_US") == [nil])
  }

  @Test("Given a refusal in a former process, the code is not tried again for a week; then it may have been enabled")
  func refusedBefore() async throws {
    await book().refuse(["en_US"])
    #expect(try await book().candidates(for: "en_US") == ["en", nil])
    clock.advance(by: .seconds(7 * 86_400) - .milliseconds(1))
    #expect(try await book().candidates(for: "en_US") == ["en", nil])
    clock.advance(by: .milliseconds(1))
    #expect(try await book().candidates(for: "en_US") == ["en_US", "en", nil])
  }

  @Test("Given a state that cannot be written, the refusal is known to this process")
  func unwritable() async throws {
    let state = MemoryState()
    state.faults.plan(.record, .unavailable)
    let book = LanguageBook(state: state, clock: clock)
    await book.refuse(["en_US"])
    #expect(try await book.candidates(for: "en_US") == ["en", nil])
    #expect(try await LanguageBook(state: state, clock: clock).candidates(for: "en_US") == ["en_US", "en", nil])
  }

  @Test(
    "Given a language that is always written and refused, a further process writes nothing and plans nothing",
    arguments: [("fr-CA", "fr"), ("tlh", nil)])
  func furtherProcess(_ code: String, _ written: String?) async throws {
    var rig = JobRig()
    rig.policy.mapping = .sample(AttributeMapping.defaults(replacing: .sample("language", "[preferredLanguage]")))
    for number in 1...3 { rig.hire(.sample(number, changing: ["preferredLanguage": .text(code)])) }
    try await rig.runCycle()
    let creates = rig.target.faults.calls(.create)
    #expect(rig.target.people.values.allSatisfy { $0.attributes[.language]?.text == written })
    #expect(try await rig.plan().isEmpty)
    try await rig.runCycle()
    #expect(rig.target.faults.calls(.create) == creates)
    #expect(rig.target.faults.calls(.modify) == 0)
  }

  @Test("Given a restart that evaluates everybody again, a language that was enabled meanwhile is written")
  func enabledMeanwhile() async throws {
    let state = MemoryState()
    try await state.refuse(languages: ["fr_CA": clock.now])
    try await state.reset([.watermark])
    #expect(try await LanguageBook(state: state, clock: clock).candidates(for: "fr_CA") == ["fr_CA", "fr", nil])
  }
}
