import TestSupport
import Testing
@testable import ProvisioningModel
@testable import SynchronizationJob

@Suite("The kind of cycle that is due")
struct CycleKindTests {
  private func kind(fingerprint: UInt64 = 1, lastFull: Duration?) -> CycleKind {
    let now = FixedClock.start
    let watermark = lastFull.map { age in
      Watermark(users: "u", groups: "g", fingerprint: 1, storedAt: now, fullCycleAt: now + .zero - age)
    }
    return Cycle.kind(for: watermark, fingerprint: fingerprint, fullInterval: .seconds(86_400), now: now)
  }

  @Test("Given no watermark, it is an initial cycle")
  func initial() {
    #expect(kind(lastFull: nil) == .initial)
  }

  @Test("Given a watermark, it is an incremental cycle until the full one is due")
  func incremental() {
    #expect(kind(lastFull: .zero) == .incremental)
    #expect(kind(lastFull: .seconds(86_399)) == .incremental)
    #expect(kind(lastFull: .seconds(86_400)) == .full)
    #expect(kind(lastFull: .seconds(-34_560_000)) == .full, "a full cycle of the future is unknown")
  }

  @Test("Given changed mappings, filters or scope, it is a full one")
  func fingerprint() {
    #expect(kind(fingerprint: 2, lastFull: .zero) == .full)
  }
}

extension Timestamp {
  fileprivate static func - (left: Timestamp, right: Duration) -> Timestamp {
    left + (.zero - right)
  }
}
