import Provisioning
import Synchronization
import TestSupport

/// Draws which calls of the ports fail, and how.
final class Dice: Sendable {
  private let random: Mutex<SeededGenerator>

  init(seed: UInt64) {
    random = Mutex(SeededGenerator(seed: seed))
  }

  func fault(at operation: Operation, share: Double) -> Faults.Fault? {
    random.withLock { random in
      let isState = [.readState, .record, .adopt, .setWatermark].contains(operation)
      guard Double.random(in: 0..<1, using: &random) < (isState ? share / 10 : share) else { return nil }
      if [.forEachPerson, .forEachGroup].contains(operation) { return .brokenOff(.unavailable) }
      switch Int.random(in: 0..<20, using: &random) {
      case 0: return isState ? .unavailable : .refused(.refusedCredentials)
      case 1..<6: return .throttled
      case 6..<14: return .answerLost
      default: return .unavailable
      }
    }
  }
}
