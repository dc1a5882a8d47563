import ProvisioningModel
import Storage
import TestSupport
import Testing

@Suite("Refused languages on SQLite")
struct LanguageStateTests {
  private static let now = FixedClock.start

  @Test("what was refused is there after the file is opened again, with its latest time, and goes with the watermark")
  func persistence() async throws {
    try await withStatePath { path in
      let first = try SQLiteState(path: path, now: Self.now)
      try await first.refuse(languages: ["en_US": Self.now, "tlh": Self.now])
      try await first.refuse(languages: ["tlh": Self.now + .seconds(1)])
      first.close()
      let again = try SQLiteState(path: path, now: Self.now)
      #expect(try await again.refusedLanguages() == ["en_US": Self.now, "tlh": Self.now + .seconds(1)])
      try await again.reset([.escrows])
      #expect(try await again.refusedLanguages().count == 2)
      try await again.reset([.watermark])
      #expect(try await again.refusedLanguages().isEmpty)
      again.close()
    }
  }
}
