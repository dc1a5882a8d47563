import ProvisioningModel

/// How many objects went well and how many began to fail within a sliding window. Counted in slices of it, so that memory is bounded.
struct OutcomeWindow: Sendable {
  private static let slices: Int64 = 10

  private struct Slice {
    var number: Int64
    var good = 0
    var failed = 0
  }

  private let length: Int64
  private var slices: [Slice] = []

  init(window: Duration) {
    length = max(1, window.milliseconds / Self.slices)
  }

  mutating func add(failed: Bool, at now: Timestamp) {
    let number = now.milliseconds / length
    forget(before: number)
    if slices.last?.number != number { slices.append(Slice(number: number)) }
    if failed { slices[slices.count - 1].failed += 1 } else { slices[slices.count - 1].good += 1 }
  }

  mutating func counts(at now: Timestamp) -> (good: Int, failed: Int) {
    forget(before: now.milliseconds / length)
    return slices.reduce((0, 0)) { ($0.0 + $1.good, $0.1 + $1.failed) }
  }

  mutating func clear() {
    slices = []
  }

  private mutating func forget(before number: Int64) {
    slices.removeAll { $0.number <= number - Self.slices }
  }
}
